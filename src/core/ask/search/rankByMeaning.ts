import { termSaturation } from '#core/domain/bm25';
import { countOf, type LexicalVector } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import type { Candidate } from './candidates.ts';
import type { TermIdf } from './lexicalRelevance.ts';

/** How many of the nearest are put in order by words as well, and the share of the words in that. */
const LIST = 50;
const WORDS_SHARE = 0.1;

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
	const texts = nearest.map((candidate) => {
		const terms = termVector(candidate.payload.code_snippet);
		return { candidate, terms, length: terms.counts.reduce((sum, count) => sum + count, 0) };
	});
	const averageLength = texts.reduce((sum, { length }) => sum + length, 0) / Math.max(texts.length, 1) || 1;
	const meaning = standardise(nearest.map(({ cosine }) => cosine ?? 0));
	const words = standardise(texts.map(({ candidate, terms, length }) => bm25(terms, length / averageLength, question, idfOf(candidate))));
	return nearest
		.map((candidate, index) => ({ candidate, score: (1 - WORDS_SHARE) * (meaning[index] ?? 0) + WORDS_SHARE * (words[index] ?? 0) }))
		.sort((a, b) => b.score - a.score)
		.map(({ candidate }) => candidate);
}

function bm25(terms: LexicalVector, relativeLength: number, question: AnalysedQuestion, idf: TermIdf | undefined): number {
	return question.terms.reduce((sum, { hash, weight }) => sum + weight * (idf?.get(hash) ?? 0) * termSaturation(countOf(terms, hash), relativeLength, 1), 0);
}

/** To mean 0 and standard deviation 1; all 0 where the values are equal. */
function standardise(values: readonly number[]): number[] {
	const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
	const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1));
	return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}
