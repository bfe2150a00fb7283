/** The longest beginning of an image or link that is held back until it is known to be harmless. */
const HOLD_LIMIT = 2_000;
const IMAGE = /!\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)/g;
const LINK = /(?<!!)\[([^\]]*)\]\(\s*<?((?:command|vscode|javascript|data|file):[^)\s>]*)>?[^)]*\)/gi;
const TAG = /<\s*\/?\s*(?:img|iframe|script|object|embed|link|style|svg|video|audio|source|a)\b[^>]*>/gi;

/**
 * Makes a model's markdown safe to show while it streams: images become their text and address (an image address can carry data away),
 * links to commands become their text, HTML that loads something goes. Code stays as it is shown.
 */
export class AnswerSanitiser {
	#held = '';

	/** Takes the next piece and returns what can be shown by now. */
	push(text: string): string {
		this.#held += text;
		const cut = this.#openMarker();
		const ready = this.#held.slice(0, cut);
		this.#held = this.#held.slice(cut);
		return sanitise(ready);
	}

	/** What is left at the end. */
	end(): string {
		const rest = sanitise(this.#held);
		this.#held = '';
		return rest;
	}

	/** Where an image, link or tag begins that has not ended; the whole length when none has. */
	#openMarker(): number {
		const held = this.#held;
		const tail = Math.max(0, held.length - HOLD_LIMIT);
		const open = /!?\[[^\]\n]*(?:\](?:\([^)\n]*)?)?$|!$|<[^>\n]*$/.exec(held.slice(tail));
		return open ? tail + open.index : held.length;
	}
}

function sanitise(text: string): string {
	return text
		.replace(IMAGE, (_, alt: string, address: string) => (alt ? `${alt} (${address})` : address))
		.replace(LINK, (_, words: string) => words)
		.replace(TAG, '');
}
