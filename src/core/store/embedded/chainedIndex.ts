/** Document numbers by a 32-bit key, in typed arrays: a table of heads, and chains of documents. Nothing is ever taken out. */
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

	/** The youngest document of a key, or -1. */
	first(key: number): number {
		return this.#sameKey((this.#heads[this.#slot(key)] as number) - 1, key);
	}

	/** The one before it that has the same key, or -1. */
	next(document: number): number {
		return this.#sameKey((this.#next[document] as number) - 1, this.#keys[document] as number);
	}

	/** The keys of all documents, by number. */
	get keys(): Uint32Array {
		return this.#keys.subarray(0, this.#count);
	}

	/** Several keys share a slot, and so a chain. */
	#sameKey(from: number, key: number): number {
		let document = from;
		while (document >= 0 && this.#keys[document] !== key) document = (this.#next[document] as number) - 1;
		return document;
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
