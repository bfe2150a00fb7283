import { inverseFrequency } from '#core/domain/bm25';
import { countOf } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { AnalysedQuestion } from './analyseQuestion.ts';

/** Inverse document frequencies of a question's terms, by hash. */
export type TermIdf = ReadonlyMap<number, number>;

/** Of the frequencies that a store gives for the question's terms, in their order. */
export function inverseFrequencies(question: AnalysedQuestion, statistics: { readonly points: number; readonly frequencies: readonly number[] }): TermIdf {
	return new Map(question.terms.map(({ hash }, index) => [hash, inverseFrequency(statistics.points, statistics.frequencies[index] ?? 0)]));
}

/**
 * P(relevant) from words alone: the share of the question's weight (idf × weight) that the text covers, through a logistic map. A text
 * with all of a question's words is at 0.9, with half of their weight at 0.5. Words that occur nowhere in the index count half: they may
 * be the user's own.
 */
export function lexicalRelevance(text: string, question: AnalysedQuestion, idf: TermIdf, frequencies: ReadonlyMap<number, number>): number {
	const vector = termVector(text);
	let covered = 0;
	let total = 0;
	for (const { hash, weight } of question.terms) {
		const value = weight * (idf.get(hash) ?? 0) * ((frequencies.get(hash) ?? 0) > 0 ? 1 : 0.5);
		total += value;
		if (countOf(vector, hash) > 0) covered += value;
	}
	return total === 0 ? 0 : 1 / (1 + Math.exp(-4.4 * (covered / total - 0.5)));
}
