/** BM25's constants, the usual ones: how fast a repeated term stops counting, and how much a long text is held against it. */
const K1 = 1.2;
const B = 0.75;

/** Inverse document frequency, ln(1 + (N − n + ½) / (n + ½)), of a term that `frequency` of `documents` have. */
export function inverseFrequency(documents: number, frequency: number): number {
	return Math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5));
}

/** What `count` occurrences of a term are worth in a text of `length` terms: between 0 and K1 + 1, to be multiplied by the term's idf. */
export function termSaturation(count: number, length: number, averageLength: number): number {
	return (count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / averageLength));
}
