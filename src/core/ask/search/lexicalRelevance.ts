import { hashTerm } from '#core/domain/lexicalVector';
import { extractTerms } from '#core/domain/terms';
import type { AnalysedQuestion } from './analyseQuestion.ts';

/** Inverse document frequencies of a question's terms, by hash. */
export type TermIdf = ReadonlyMap<number, number>;

/** idf = ln(1 + (N − n + ½) / (n + ½)), as BM25 uses it. */
export function inverseFrequencies(question: AnalysedQuestion, statistics: { readonly points: number; readonly frequencies: readonly number[] }): TermIdf {
	return new Map(
		question.terms.map(({ hash }, index) => {
			const frequency = statistics.frequencies[index] ?? 0;
			return [hash, Math.log(1 + (statistics.points - frequency + 0.5) / (frequency + 0.5))];
		}),
	);
}

/**
 * P(relevant) from words alone: the share of the question's weight (idf × weight) that the text covers, through a logistic map. A text
 * with all of a question's words is at 0.9, with half of their weight at 0.5. Words that occur nowhere in the index count half: they may
 * be the user's own.
 */
export function lexicalRelevance(text: string, question: AnalysedQuestion, idf: TermIdf, frequencies: ReadonlyMap<number, number>): number {
	const present = new Set(extractTerms(text).map(hashTerm));
	let covered = 0;
	let total = 0;
	for (const { hash, weight } of question.terms) {
		const value = weight * (idf.get(hash) ?? 0) * ((frequencies.get(hash) ?? 0) > 0 ? 1 : 0.5);
		total += value;
		if (present.has(hash)) covered += value;
	}
	return total === 0 ? 0 : 1 / (1 + Math.exp(-4.4 * (covered / total - 0.5)));
}
