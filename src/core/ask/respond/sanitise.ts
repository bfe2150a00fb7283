/** Breaks a token without a visible trace, so that markdown sees text. */
const BREAK = '\u200b';
/** Addresses a model has no business to link to: they run or read something here. */
const SCHEMES = ['command:', 'vscode:', 'vscode-insiders:', 'javascript:', 'data:', 'file:', 'vbscript:'] as const;
const SCHEME = new RegExp(SCHEMES.join('|'), 'gi');
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
/** A line that may still become a fence is held back this long at most. */
const LONGEST_FENCE_LINE = 200;

/**
 * Makes a model's markdown safe to show while it streams. Outside of fenced code, an image becomes a link (a picture's address is fetched
 * and can carry data away), an HTML tag becomes text, and links to commands or local schemes lead nowhere. Fenced code stays as it is.
 * The result does not depend on how the text is cut into pieces.
 */
export class AnswerSanitiser {
	#held = '';
	#isLineStart = true;
	#fence: string | null = null;

	/** Takes the next piece and returns what can be shown by now. */
	push(text: string): string {
		this.#held += text;
		let shown = '';
		for (let end = this.#held.indexOf('\n'); end >= 0; end = this.#held.indexOf('\n')) {
			shown += this.#line(this.#held.slice(0, end + 1));
			this.#held = this.#held.slice(end + 1);
		}
		return shown + this.#partOfLine();
	}

	/** What is left at the end. */
	end(): string {
		const rest = this.#held === '' ? '' : this.#line(this.#held);
		this.#held = '';
		return rest;
	}

	/** A whole line, or the rest of one whose beginning was shown. */
	#line(line: string): string {
		const isWhole = this.#isLineStart;
		this.#isLineStart = true;
		if (!isWhole) return this.#fence === null ? neutralise(line) : line;
		const mark = FENCE.exec(line.replace(/\r?\n$/, ''))?.[1] ?? null;
		if (this.#fence !== null) {
			const closes = mark !== null && mark[0] === this.#fence[0] && mark.length >= this.#fence.length && line.trim() === mark;
			if (closes) this.#fence = null;
			return line;
		}
		if (mark === null) return neutralise(line);
		this.#fence = mark;
		return line;
	}

	/** The beginning of a line, as far as nothing that follows can change what it means. */
	#partOfLine(): string {
		const held = this.#held;
		const couldBeFence = this.#isLineStart && held.length < LONGEST_FENCE_LINE && /^ {0,3}(?:[`~][^\n]*)?$/.test(held);
		if (held === '' || couldBeFence) return '';
		const cut = this.#fence === null ? held.length - openTokenLength(held) : held.length;
		if (cut === 0) return '';
		this.#held = held.slice(cut);
		this.#isLineStart = false;
		const ready = held.slice(0, cut);
		return this.#fence === null ? neutralise(ready) : ready;
	}
}

function neutralise(text: string): string {
	return text
		.replace(/!(?=\[)/g, `!${BREAK}`)
		.replace(/<(?=[a-z/!?])/gi, `<${BREAK}`)
		.replace(SCHEME, (scheme) => `${scheme.slice(0, -1)}${BREAK}:`);
}

/** How many characters at the end may be the beginning of something that `neutralise` breaks: of a scheme, with what opens a tag before it. */
function openTokenLength(text: string): number {
	const end = text.slice(-16).toLowerCase();
	let length = Math.min(end.length, 15);
	while (length > 0 && !SCHEMES.some((scheme) => scheme.length > length && scheme.startsWith(end.slice(-length)))) length--;
	while (length < text.length && /[!<]/.test(text.charAt(text.length - length - 1))) length++;
	return length;
}
