/** Characters of a command's output that are kept, its last. */
const KEPT = 64_000;

/** The end of a long text that comes in pieces. */
export class OutputTail {
	#pieces: string[] = [];
	#length = 0;

	push(piece: string): void {
		this.#pieces.push(piece);
		this.#length += piece.length;
		// Joined now and then, so that a flood of small pieces costs no more than its characters.
		if (this.#length > 2 * KEPT) {
			this.#pieces = [this.text];
			this.#length = this.#pieces[0]?.length ?? 0;
		}
	}

	get text(): string {
		return this.#pieces.join('').slice(-KEPT);
	}
}
