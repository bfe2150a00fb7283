import { AsciiWordTable } from './asciiWordTable.ts';

/** Distinct words whose pieces are remembered; source code repeats its words, so a bounded cache answers nearly always. */
const CACHE_LIMIT = 60_000;

/** A longer word is one unknown piece, as in BERT's tokenizer. */
const MAX_WORD_CODE_POINTS = 100;

/** Ideographs that BERT takes as words of one character each. */
const IDEOGRAPH = /[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const NON_ASCII_PUNCTUATION = /\p{P}/u;

/**
 * The tokenizer of MiniLM: uncased BERT normalisation, then greedy longest-match word pieces.
 * Ids are those of the Hugging Face tokenizer for the same vocabulary (tested), several times faster thanks to a word cache.
 * The names of special tokens in a text (`[CLS]`) are plain text here: a file cannot put control tokens into a model's input.
 */
export class WordPiece {
	readonly #pieces = new Map<string, number>();
	readonly #cache = new Map<string, readonly number[]>();
	readonly #unknown: number;
	#longest = 0;
	readonly #ascii = new AsciiWordTable((word) => this.#split(word));

	/** `vocabulary`: one piece a line, the line number is its id. */
	constructor(vocabulary: string) {
		for (const [id, piece] of vocabulary.split(/\r?\n/).entries()) {
			if (piece !== '') this.#pieces.set(piece, id);
			this.#longest = Math.max(this.#longest, piece.length);
		}
		this.#unknown = this.#pieces.get('[UNK]') ?? 0;
	}

	/** Number of pieces of the vocabulary. */
	get size(): number {
		return this.#pieces.size;
	}

	/** Ids without special tokens, at most `maxTokens` of them. */
	encode(text: string, maxTokens = Number.POSITIVE_INFINITY): number[] {
		const ids: number[] = [];
		this.#eachWord(text, (word) => {
			for (const id of this.#wordIds(word)) ids.push(id);
			return ids.length < maxTokens;
		});
		if (ids.length > maxTokens) ids.length = maxTokens;
		return ids;
	}

	/**
	 * Writes the ids of a part of a text into `target` from `at` on and returns where they end: `encode` without arrays and strings.
	 * `target` needs room for four ids a code unit (one for ASCII), for decomposed letters are more than they were.
	 */
	encodeInto(text: string, start: number, end: number, target: Int32Array, at: number): number {
		const after = this.#ascii.encode(text, start, end, target, at);
		if (after >= 0) return after;
		const ids = this.encode(text.slice(start, end));
		target.set(ids, at);
		return at + ids.length;
	}

	/** How many ids `encode` would give. */
	count(text: string): number {
		let count = 0;
		this.#eachWord(text, (word) => {
			count += this.#wordIds(word).length;
			return true;
		});
		return count;
	}

	#eachWord(text: string, visit: (word: string) => boolean): void {
		const clean = normalise(text);
		let start = -1;
		for (let i = 0; i < clean.length; i++) {
			const kind = classify(clean, i);
			if (kind === 0) {
				if (start < 0) start = i;
				continue;
			}
			if (start >= 0 && !visit(clean.slice(start, i))) return;
			start = -1;
			if (kind > 1) {
				const length = kind - 1;
				if (!visit(clean.slice(i, i + length))) return;
				i += length - 1;
			}
		}
		if (start >= 0) visit(clean.slice(start));
	}

	#wordIds(word: string): readonly number[] {
		const known = this.#cache.get(word);
		if (known) return known;
		const ids = this.#split(word);
		if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
		this.#cache.set(word, ids);
		return ids;
	}

	#split(word: string): readonly number[] {
		if (word.length > MAX_WORD_CODE_POINTS && [...word].length > MAX_WORD_CODE_POINTS) return [this.#unknown];
		const ids: number[] = [];
		for (let start = 0; start < word.length; ) {
			let end = Math.min(word.length, start + this.#longest);
			let id: number | undefined;
			for (; end > start; end--) {
				id = this.#pieces.get(start === 0 ? word.slice(0, end) : `##${word.slice(start, end)}`);
				if (id !== undefined) break;
			}
			if (id === undefined) return [this.#unknown];
			ids.push(id);
			start = end;
		}
		return ids;
	}
}

/** Lower case, no control characters, no accents, ideographs apart. Plain ASCII, nearly all of source code, takes the short way. */
function normalise(text: string): string {
	let isAscii = true;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code > 126 || (code < 32 && code !== 9 && code !== 10 && code !== 13)) {
			isAscii = false;
			break;
		}
	}
	if (isAscii) return text.toLowerCase();
	return text
		.replace(/[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
		.replace(IDEOGRAPH, ' $& ')
		.normalize('NFD')
		.replace(/\p{Mn}/gu, '')
		.toLowerCase();
}

/** 0: part of a word; 1: white space; n + 1: punctuation of n UTF-16 units. */
function classify(text: string, index: number): number {
	const code = text.charCodeAt(index);
	if (code < 128) {
		if (code === 32 || (code >= 9 && code <= 13)) return 1;
		return (code >= 33 && code <= 47) || (code >= 58 && code <= 64) || (code >= 91 && code <= 96) || (code >= 123 && code <= 126) ? 2 : 0;
	}
	const point = text.codePointAt(index) ?? code;
	const character = String.fromCodePoint(point);
	if (/\s/u.test(character)) return 1;
	return NON_ASCII_PUNCTUATION.test(character) ? character.length + 1 : 0;
}
