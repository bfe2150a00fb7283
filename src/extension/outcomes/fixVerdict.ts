/** One file as a fix found and left it. */
export interface FixedFile {
	readonly uri: string;
	readonly before: string;
	readonly after: string;
}

/** Good, bad, or not known. */
export type Verdict = 1 | -1 | null;

/** What is held of one applied fix: what diagnostics say of it while it is in its files, and that it is bad while the user has undone it. */
export class FixVerdict {
	readonly #files: readonly FixedFile[];
	readonly #onChanged: (verdict: Verdict, was: Verdict) => void;
	readonly #undone = new Set<string>();
	#judged: Verdict = null;
	#told: Verdict = null;

	/** `onChanged`: told what holds from now on, and what was told before and holds no longer. */
	constructor(files: readonly FixedFile[], onChanged: (verdict: Verdict, was: Verdict) => void) {
		this.#files = files;
		this.#onChanged = onChanged;
	}

	isOf(uri: string): boolean {
		return this.#files.some((file) => file.uri === uri);
	}

	judged(value: 1 | -1): void {
		this.#judged = value;
		this.settle();
	}

	/** The text of a file after a step of undo or redo: a fix is undone where that is what it found, to the character, and back where it is what it left. */
	stepped(uri: string, text: string): void {
		for (const file of this.#files.filter((one) => one.uri === uri)) {
			if (text === file.before) this.#undone.add(uri);
			else if (text === file.after) this.#undone.delete(uri);
		}
	}

	/** Tells where something changed. Steps come in rows, so they are told of when a row is over. */
	settle(): void {
		// One of several files may be taken back for its own sake.
		const verdict = this.#undone.size === this.#files.length ? -1 : this.#judged;
		if (verdict === this.#told) return;
		const was = this.#told;
		this.#told = verdict;
		this.#onChanged(verdict, was);
	}
}
