/** Shorter lines say nothing of where they come from. */
const MIN_LINE = 20;
/** Some 20 MB. The oldest lines are forgotten first. */
const MAX_LINES = 200_000;

/**
 * Knows local-only text again when it comes back in a conversation, by its lines, for as long as the process lives. Conversations of other
 * chats carry no mark on their turns; this is what is left to know them by. Paraphrases are known only if they are answers that were remembered.
 */
export class LocalOnlyMemory {
	readonly #lines = new Set<string>();

	/** Remembers a local-only text, or an answer that was made with one. */
	remember(text: string): void {
		for (const line of linesOf(text)) {
			this.#lines.delete(line);
			this.#lines.add(line);
		}
		for (const line of this.#lines) {
			if (this.#lines.size <= MAX_LINES) break;
			this.#lines.delete(line);
		}
	}

	/** Whether a line of the text was remembered, whatever its white space. */
	holds(text: string): boolean {
		return this.#lines.size > 0 && linesOf(text).some((line) => this.#lines.has(line));
	}
}

function linesOf(text: string): string[] {
	return text
		.split(/\r\n|\r|\n/)
		.map((line) => line.replace(/\s+/g, ' ').trim())
		.filter((line) => line.length >= MIN_LINE);
}
