/**
 * A bag of terms as numbers: what BM25 postings, and a sparse vector of Qdrant, are made of.
 * `hashes` are the 32-bit hashes of the distinct terms (see `hashTerm`), ascending; `counts[i]` is how often term i occurs (1…65535).
 */
export interface LexicalVector {
	readonly hashes: Uint32Array;
	readonly counts: Uint16Array;
}

/** FNV-1a over UTF-16 code units, 32 bits. 200,000 distinct terms collide about five times: accepted. */
export function hashTerm(term: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < term.length; i++) {
		hash ^= term.charCodeAt(i);
		hash = Math.imul(hash, 0x01000193);
	}
	return hash >>> 0;
}

/** Counts terms into a LexicalVector. The order of `terms` does not matter. */
export function toLexicalVector(terms: Iterable<string>): LexicalVector {
	const counts = new Map<number, number>();
	for (const term of terms) {
		const hash = hashTerm(term);
		counts.set(hash, (counts.get(hash) ?? 0) + 1);
	}
	const hashes = Uint32Array.from(counts.keys()).sort();
	return { hashes, counts: Uint16Array.from(hashes, (hash) => Math.min(counts.get(hash) ?? 0, 0xffff)) };
}

/** How often a term occurs in the vector; 0 where it does not. */
export function countOf({ hashes, counts }: LexicalVector, hash: number): number {
	let low = 0;
	for (let high = hashes.length; low < high; ) {
		const middle = (low + high) >>> 1;
		if ((hashes[middle] as number) < hash) low = middle + 1;
		else high = middle;
	}
	return hashes[low] === hash ? (counts[low] as number) : 0;
}
