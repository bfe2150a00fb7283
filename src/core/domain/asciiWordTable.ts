/** Words remembered at most; source code repeats its words, so the table answers nearly always. A power of two times three quarters. */
const MAX_WORDS = 98_304;
const SLOTS = 131_072;
const MAX_CHARACTERS = 2_000_000;
const LONGEST = 64;

const WORD = 0;
const SPACE = 1;
const PUNCTUATION = 2;
const OTHER = 3;

/** Class of each ASCII code for BERT's splitting; `OTHER` (control characters) needs the general way. */
const CLASSES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
	if (code === 32 || (code >= 9 && code <= 13)) return code === 11 || code === 12 ? OTHER : SPACE;
	if (code < 32 || code === 127) return OTHER;
	return (code >= 33 && code <= 47) || (code >= 58 && code <= 64) || (code >= 91 && code <= 96) || code >= 123 ? PUNCTUATION : WORD;
});

/** Splits plain ASCII into words and remembers the ids of each, without making strings of words that it knows. */
export class AsciiWordTable {
	readonly #idsOf: (word: string) => readonly number[];
	readonly #slots = new Int32Array(SLOTS);
	/** Of entry e: where its characters and its ids start; entry e + 1 tells where they end. */
	readonly #characterStarts = new Int32Array(MAX_WORDS + 2);
	readonly #idStarts = new Int32Array(MAX_WORDS + 2);
	readonly #characters = new Uint8Array(MAX_CHARACTERS);
	readonly #ids = new Int32Array(MAX_CHARACTERS);
	#size = 0;

	/** `idsOf` gives the ids of a lower-cased word or sign; at most as many as it has characters. */
	constructor(idsOf: (word: string) => readonly number[]) {
		this.#idsOf = idsOf;
	}

	/**
	 * Writes the ids of `text` from `start` to `end` into `target` from `at` on, where there is room for as many as there are characters, and
	 * returns where they end; -1 when the range is not plain ASCII (what was written is then without meaning).
	 */
	encode(text: string, start: number, end: number, target: Int32Array, at: number): number {
		let write = at;
		let wordStart = -1;
		let hash = 0;
		for (let i = start; i < end; i++) {
			const code = text.charCodeAt(i);
			if (code > 127) return -1;
			const kind = CLASSES[code] as number;
			if (kind === WORD) {
				if (wordStart < 0) {
					wordStart = i;
					hash = 0x811c9dc5;
				}
				hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code | 32 : code), 0x01000193);
				continue;
			}
			if (kind === OTHER) return -1;
			if (wordStart >= 0) {
				write = this.#append(text, wordStart, i, hash, target, write);
				wordStart = -1;
			}
			if (kind === PUNCTUATION) write = this.#append(text, i, i + 1, Math.imul(0x811c9dc5 ^ code, 0x01000193), target, write);
		}
		return wordStart >= 0 ? this.#append(text, wordStart, end, hash, target, write) : write;
	}

	#append(text: string, start: number, end: number, hash: number, target: Int32Array, at: number): number {
		const length = end - start;
		if (length > LONGEST) {
			const ids = this.#idsOf(text.slice(start, end).toLowerCase());
			target.set(ids, at);
			return at + ids.length;
		}
		let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
		let entry = this.#slots[slot] as number;
		while (entry !== 0 && !this.#isEntry(entry, text, start, length)) {
			slot = (slot + 1) & (SLOTS - 1);
			entry = this.#slots[slot] as number;
		}
		if (entry === 0) entry = this.#remember(slot, hash, text.slice(start, end).toLowerCase());
		const last = this.#idStarts[entry + 1] as number;
		let write = at;
		for (let i = this.#idStarts[entry] as number; i < last; i++) target[write++] = this.#ids[i] as number;
		return write;
	}

	#isEntry(entry: number, text: string, start: number, length: number): boolean {
		const first = this.#characterStarts[entry] as number;
		if ((this.#characterStarts[entry + 1] as number) - first !== length) return false;
		for (let i = 0; i < length; i++) {
			const code = text.charCodeAt(start + i);
			if (this.#characters[first + i] !== (code >= 65 && code <= 90 ? code | 32 : code)) return false;
		}
		return true;
	}

	/** When the table is full it is begun anew. */
	#remember(freeSlot: number, hash: number, word: string): number {
		let slot = freeSlot;
		if (this.#size >= MAX_WORDS || (this.#characterStarts[this.#size + 1] as number) + LONGEST > MAX_CHARACTERS) {
			this.#slots.fill(0);
			this.#size = 0;
			slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
		}
		const entry = ++this.#size;
		const ids = this.#idsOf(word);
		const firstCharacter = this.#characterStarts[entry] as number;
		const firstId = this.#idStarts[entry] as number;
		for (let i = 0; i < word.length; i++) this.#characters[firstCharacter + i] = word.charCodeAt(i);
		this.#ids.set(ids, firstId);
		this.#characterStarts[entry + 1] = firstCharacter + word.length;
		this.#idStarts[entry + 1] = firstId + ids.length;
		this.#slots[slot] = entry;
		return entry;
	}
}
