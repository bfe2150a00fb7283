/**
 * Counts per term hash in typed arrays: an open-addressing table with linear probing, at most half full. First `count` all, then `place`,
 * then take each term's positions with `next`.
 */
export class TermNumbers {
	#keys: Uint32Array<ArrayBuffer>;
	/** The term's count plus one while counting, its next position plus one afterwards; 0 marks an empty slot. */
	#values: Float64Array<ArrayBuffer>;
	#size = 0;

	constructor(expected: number) {
		const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
		this.#keys = new Uint32Array(capacity);
		this.#values = new Float64Array(capacity);
	}

	/** Adds `by` to the term's count. */
	count(hash: number, by: number): void {
		const slot = this.#slot(hash);
		if (this.#values[slot] === 0) {
			this.#keys[slot] = hash;
			this.#values[slot] = 1 + by;
			this.#size++;
			if (this.#size * 2 > this.#keys.length) this.#grow();
		} else this.#values[slot] = (this.#values[slot] as number) + by;
	}

	/** The terms in ascending order; `offsets[i]` is where term i's positions begin, the last entry the sum of all counts. */
	place(): {
		readonly hashes: Uint32Array<ArrayBuffer>;
		readonly offsets: Uint32Array<ArrayBuffer>;
	} {
		const hashes = new Uint32Array(this.#size);
		let found = 0;
		for (let slot = 0; slot < this.#keys.length; slot++) if (this.#values[slot] !== 0) hashes[found++] = this.#keys[slot] as number;
		hashes.sort();
		const offsets = new Uint32Array(hashes.length + 1);
		for (let i = 0; i < hashes.length; i++) {
			const slot = this.#slot(hashes[i] as number);
			offsets[i + 1] = (offsets[i] as number) + (this.#values[slot] as number) - 1;
			this.#values[slot] = (offsets[i] as number) + 1;
		}
		return { hashes, offsets };
	}

	/** The term's next free position. */
	next(hash: number): number {
		const slot = this.#slot(hash);
		const position = (this.#values[slot] as number) - 1;
		this.#values[slot] = position + 2;
		return position;
	}

	#slot(hash: number): number {
		const mask = this.#keys.length - 1;
		// Fibonacci hashing (Knuth): the product's high bits spread what FNV leaves close together.
		let slot = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
		while (this.#values[slot] !== 0 && this.#keys[slot] !== hash) slot = (slot + 1) & mask;
		return slot;
	}

	#grow(): void {
		const keys = this.#keys;
		const values = this.#values;
		this.#keys = new Uint32Array(keys.length * 2);
		this.#values = new Float64Array(keys.length * 2);
		for (let from = 0; from < keys.length; from++) {
			if (values[from] === 0) continue;
			const slot = this.#slot(keys[from] as number);
			this.#keys[slot] = keys[from] as number;
			this.#values[slot] = values[from] as number;
		}
	}
}
