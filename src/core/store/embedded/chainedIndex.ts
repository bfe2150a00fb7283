/**
 * Document numbers by a 32-bit key, in typed arrays: a table of heads, and a chain of documents of the same slot. Several documents may
 * have one key; several keys share a slot, so the caller compares what the key was made of. Nothing is ever taken out.
 */
export class ChainedIndex {
	/** Document number plus one; 0 ends a chain. */
	#heads = new Uint32Array(1_024);
	#next = new Uint32Array(1_024);
	#keys = new Uint32Array(1_024);
	#count = 0;

	/** Adds the next document, numbered from 0. */
	add(key: number): void {
		const document = this.#count++;
		if (document >= this.#keys.length) this.#grow();
		this.#keys[document] = key;
		this.#link(document);
	}

	/** The youngest document in the key's chain, or -1. */
	first(key: number): number {
		return (this.#heads[this.#slot(key)] as number) - 1;
	}

	/** The one after it in the same chain, or -1. */
	next(document: number): number {
		return (this.#next[document] as number) - 1;
	}

	#slot(key: number): number {
		// Fibonacci hashing (Knuth): the high bits of the product spread keys that are close together.
		return (Math.imul(key, 0x9e3779b1) >>> 7) & (this.#heads.length - 1);
	}

	#link(document: number): void {
		const slot = this.#slot(this.#keys[document] as number);
		this.#next[document] = this.#heads[slot] as number;
		this.#heads[slot] = document + 1;
	}

	#grow(): void {
		const size = this.#keys.length * 2;
		const keys = this.#keys;
		this.#keys = new Uint32Array(size);
		this.#keys.set(keys);
		this.#next = new Uint32Array(size);
		this.#heads = new Uint32Array(size);
		for (let document = 0; document < keys.length; document++) this.#link(document);
	}
}

/** Two 32-bit numbers of a text (cyrb53's mixing): of many thousand texts no two have the same pair. */
export function hashPair(text: string): readonly [number, number] {
	let a = 0xdeadbeef;
	let b = 0x41c6ce57;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		a = Math.imul(a ^ code, 0x9e3779b1);
		b = Math.imul(b ^ code, 0x5f356495);
	}
	a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
	b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
	return [a >>> 0, b >>> 0];
}
