import { termSaturation } from '#core/domain/bm25';
import type { LexicalVector } from '#core/domain/lexicalVector';
import type { LexicalField, LexicalQuery } from '../vectorStore.ts';

export interface SparseVector {
	readonly indices: number[];
	readonly values: number[];
}

/** Mean lengths in terms that BM25 compares a text with. */
export type AverageTerms = Readonly<Record<LexicalField, number>>;

/** Where the writer knows none: a weight is stored once, and the true mean changes with every write. */
export const USUAL_AVERAGE_TERMS: AverageTerms = { text: 110, path: 6, symbol: 3 };
/** Mean lengths of texts by workspace. */
export type AverageTermsOf = (workspaceId: string | null) => AverageTerms;

export const usualAverageTerms: AverageTermsOf = () => USUAL_AVERAGE_TERMS;
export const AVERAGE_TERMS_OF_FILES = 900;

/** No count is above, as in the embedded index. */
const MOST = 255;

/** What BM25 multiplies with idf, which the server has (`modifier: idf`): the product with a query's weights is BM25. */
export function toSparse({ hashes, counts }: LexicalVector, averageTerms: number): SparseVector {
	const length = lengthOf(counts);
	return { indices: [...hashes], values: Array.from(counts, (count) => termSaturation(Math.min(count, MOST), length, averageTerms)) };
}

/** The counts again, given the text's length in terms. */
export function countsOf({ values }: SparseVector, length: number, averageTerms: number): number[] {
	// A weight is c (k + 1) / (c + n): with c = 1 and the limit for large c, both constants follow from `termSaturation` itself.
	const one = termSaturation(1, length, averageTerms);
	const most = termSaturation(Number.MAX_SAFE_INTEGER, length, averageTerms);
	const norm = most / one - 1;
	return values.map((value) => Math.max(1, Math.round((value * norm) / (most - value))));
}

export function lengthOf(counts: ArrayLike<number>): number {
	let length = 0;
	for (let i = 0; i < counts.length; i++) length += counts[i] as number;
	return length;
}

/** A query's terms; a term that stands twice counts twice, for the server refuses one that does. */
export function toSparseQuery({ terms }: LexicalQuery): SparseVector {
	const weights = new Map<number, number>();
	for (const { hash, weight } of terms) weights.set(hash, (weights.get(hash) ?? 0) + weight);
	return { indices: [...weights.keys()], values: [...weights.values()] };
}
