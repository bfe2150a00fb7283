import { termSaturation } from '#core/domain/bm25';
import { countOf, type LexicalVector } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import { addStaticCosines, type Candidate, type Finalist, readPayloads } from './candidates.ts';
import type { TermIdf } from './lexicalRelevance.ts';

/** How many of the nearest are put in order by words and static vectors as well, and what these weigh beside the cosine. */
const LIST = 50;
const WORDS_WEIGHT = 0.1;
const STATIC_WEIGHT = 0.1;

interface RankingContext {
	readonly question: AnalysedQuestion;
	/** What the question's terms weigh where a candidate is. */
	readonly idfOf: (candidate: Candidate) => TermIdf | undefined;
	/** Rank of candidates, by id, by everything but meaning. */
	readonly presumed: ReadonlyMap<string, number>;
	/** The question's static vector, where there is a table of them. */
	readonly staticVector: Float32Array | null;
}

/**
 * Gives candidates their rank of meaning: those with a cosine by it. For a question in words the nearest are ordered by
 * z(cosine) + w·z(BM25) + s·z(cosine of static vectors), each standardised over them: a cosine says what a text is about, words which of
 * several such texts, and static vectors, which are no int8 network's, what of a small difference is noise. Other questions have their words counted already. What has no vector yet is presumed to mean what everything else says of it: else the few
 * pieces that are embedded first would come before all others, whatever the question.
 */
export async function rankByMeaning(candidates: readonly Candidate[], context: RankingContext): Promise<void> {
	const known = candidates.filter(({ cosine }) => cosine !== null).sort((a, b) => (b.cosine ?? 0) - (a.cosine ?? 0));
	const compared = context.question.kind === 'natural-language' ? LIST : 0;
	const nearest = await readPayloads(known.slice(0, compared));
	if (context.staticVector) await addStaticCosines(nearest, context.staticVector);
	for (const [index, { ranks }] of [...orderByBoth(nearest, context), ...known.slice(compared)].entries()) ranks.set('meaning', index + 1);
	for (const { id, cosine, ranks } of candidates) {
		const presumed = context.presumed.get(id);
		if (cosine === null && presumed !== undefined) ranks.set('meaning', presumed);
	}
}

function orderByBoth(nearest: readonly Finalist[], { question, idfOf }: RankingContext): Finalist[] {
	const texts = nearest.map((candidate) => {
		const terms = termVector(candidate.payload.code_snippet);
		return { candidate, terms, length: terms.counts.reduce((sum, count) => sum + count, 0) };
	});
	const averageLength = texts.reduce((sum, { length }) => sum + length, 0) / Math.max(texts.length, 1) || 1;
	const meaning = standardise(nearest.map(({ cosine }) => cosine ?? 0));
	const words = standardise(texts.map(({ candidate, terms, length }) => bm25(terms, length / averageLength, question, idfOf(candidate))));
	const statics = standardise(nearest.map(({ staticCosine }) => staticCosine ?? 0));
	return nearest
		.map((candidate, index) => ({ candidate, score: (meaning[index] ?? 0) + WORDS_WEIGHT * (words[index] ?? 0) + STATIC_WEIGHT * (statics[index] ?? 0) }))
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
