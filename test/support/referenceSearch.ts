import type { LexicalVector } from '#core/domain/lexicalVector';

export interface ReferenceDocument {
	readonly row: number;
	readonly file: string;
	readonly terms: LexicalVector;
	readonly vector: Int8Array;
}

/** BM25 as in the textbook (k1 1.2, b 0.75), over bags of terms; `row` or file to score, without what scores nothing. */
export function bm25(bags: ReadonlyMap<string, readonly LexicalVector[]>, terms: readonly { readonly hash: number; readonly weight: number }[]): Map<string, number> {
	const documents = [...bags].map(([key, vectors]) => {
		const counts = new Map<number, number>();
		for (const { hashes, counts: values } of vectors) for (const [i, hash] of hashes.entries()) counts.set(hash, (counts.get(hash) ?? 0) + (values[i] ?? 0));
		return {
			key,
			counts,
			length: [...counts.values()].reduce((sum, count) => sum + count, 0),
		};
	});
	const average = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(documents.length, 1) || 1;
	const scores = new Map<string, number>();
	for (const { hash, weight } of terms) {
		const having = documents.filter(({ counts }) => counts.has(hash));
		const idf = weight * Math.log(1 + (documents.length - having.length + 0.5) / (having.length + 0.5));
		for (const { key, counts, length } of having) {
			const count = counts.get(hash) ?? 0;
			scores.set(key, (scores.get(key) ?? 0) + (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average)));
		}
	}
	return scores;
}

/** Cosine of two vectors of any length; 0 where one is zero. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
	let [dot, squaresA, squaresB] = [0, 0, 0];
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [a[i] ?? 0, b[i] ?? 0];
		dot += x * y;
		squaresA += x * x;
		squaresB += y * y;
	}
	return squaresA * squaresB > 0 ? dot / Math.sqrt(squaresA * squaresB) : 0;
}
