import { hashTerm } from '#core/domain/lexicalVector';
import { extractTerms } from '#core/domain/terms';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import type { Candidate } from './candidates.ts';
import type { TermIdf } from './lexicalRelevance.ts';

/** How many of the nearest are put in order by words as well, and the share of the words in that. */
const LIST = 50;
const WORDS_SHARE = 0.1;
/** BM25's constants, the usual ones. */
const K1 = 1.2;
const B = 0.75;

/**
 * Gives candidates with a cosine their rank of meaning. For a question in words the nearest are ordered by (1 − w)·z(cosine) + w·z(BM25), both
 * standardised over them: a cosine says what a text is about, words which of several such texts. Other questions have their words counted already.
 */
export function rankByMeaning(candidates: readonly Candidate[], question: AnalysedQuestion, idfOf: (candidate: Candidate) => TermIdf | undefined): void {
	const known = candidates.filter(({ cosine }) => cosine !== null).sort((a, b) => (b.cosine ?? 0) - (a.cosine ?? 0));
	const nearest = question.kind === 'natural-language' ? known.slice(0, LIST) : [];
	const ordered = [...orderByBoth(nearest, question, idfOf), ...known.slice(nearest.length)];
	for (const [index, { ranks }] of ordered.entries()) ranks.set('meaning', index + 1);
}

function orderByBoth(nearest: readonly Candidate[], question: AnalysedQuestion, idfOf: (candidate: Candidate) => TermIdf | undefined): Candidate[] {
	const terms = nearest.map(({ payload }) => extractTerms(payload.code_snippet));
	const averageLength = terms.reduce((sum, { length }) => sum + length, 0) / Math.max(nearest.length, 1) || 1;
	const meaning = standardise(nearest.map(({ cosine }) => cosine ?? 0));
	const words = standardise(nearest.map((candidate, index) => bm25(terms[index] ?? [], averageLength, question, idfOf(candidate))));
	return nearest
		.map((candidate, index) => ({ candidate, score: (1 - WORDS_SHARE) * (meaning[index] ?? 0) + WORDS_SHARE * (words[index] ?? 0) }))
		.sort((a, b) => b.score - a.score)
		.map(({ candidate }) => candidate);
}

function bm25(terms: readonly string[], averageLength: number, question: AnalysedQuestion, idf: TermIdf | undefined): number {
	const counts = new Map<number, number>();
	for (const term of terms) counts.set(hashTerm(term), (counts.get(hashTerm(term)) ?? 0) + 1);
	let score = 0;
	for (const { hash, weight } of question.terms) {
		const count = counts.get(hash) ?? 0;
		score += (weight * (idf?.get(hash) ?? 0) * count * (K1 + 1)) / (count + K1 * (1 - B + (B * terms.length) / averageLength));
	}
	return score;
}

/** To mean 0 and standard deviation 1; all 0 where the values are equal. */
function standardise(values: readonly number[]): number[] {
	const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
	const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1));
	return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}
