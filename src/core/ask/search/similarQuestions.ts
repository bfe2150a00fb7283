import { inverseFrequency } from '#core/domain/bm25';
import { countOf, type LexicalVector } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { Filter, RankedPoint, SearchRequest } from '#core/store/vectorStore';
import type { ExperienceSource } from './experienceSource.ts';

/** Past questions that count, by words and by meaning, and the nearest that they are taken from: most were never judged, and say nothing. */
const NEIGHBOURS = 20;
const LOOKED_AT = 200;
/** Questions that are presumed to have been asked beside those that were: in a young history every word would otherwise be one that all questions have. */
const PRESUMED = 20;
/** Similarity of texts (cosine of tf-idf vectors), and of meanings: from the first number on a past question counts, from the second on fully. */
const SIMILAR_WORDS = [0.1, 0.5] as const;
const SIMILAR_MEANING = [0.6, 0.95] as const;

/** Past interactions, each with the cosine of its question's text as a tf-idf vector to that of the question, 0…1. */
export type LikenessByWords = ReadonlyMap<string, number>;

/** The past interactions whose question is most like this one by its words, of those that were judged. */
export async function likenessByWords(question: string, workspaceIds: readonly string[], source: ExperienceSource): Promise<LikenessByWords> {
	const { history } = source;
	const terms = termVector(question);
	if (terms.hashes.length === 0 || (await history.count('interaction-history')) === 0) return new Map();
	const filter = filterOf(workspaceIds);
	const hashes = [...terms.hashes];
	const lexical = [{ field: 'text' as const, terms: hashes.map((hash, index) => ({ hash, weight: Math.sqrt(terms.counts[index] ?? 1) })) }];
	const near = await nearestJudged({ lexical, filter }, source);
	const points = await history.get(
		'interaction-history',
		near.map(({ id }) => id),
	);
	const texts = points.map(({ id, payload }) => ({ id, vector: termVector(payload.query) }));
	const all = [...new Set([...hashes, ...texts.flatMap(({ vector }) => [...vector.hashes])])];
	const { points: known, frequencies } = await history.termStatistics('interaction-history', { field: 'text', hashes: all, filter });
	const idf = new Map(all.map((hash, index) => [hash, inverseFrequency(known + PRESUMED, frequencies[index] ?? 0)]));
	return new Map(texts.map(({ id, vector }) => [id, cosine(terms, vector, idf)]));
}

/**
 * How far past questions lie between too little like this one to count and as good as the same, 0…1, by their words or, where the question has an
 * embedding, by their meaning.
 */
export async function similarQuestions(
	byWords: LikenessByWords,
	embedding: { readonly model: string; readonly vector: Float32Array } | null,
	workspaceIds: readonly string[],
	source: ExperienceSource,
): Promise<ReadonlyMap<string, number>> {
	const similar = new Map([...byWords].map(([id, likeness]) => [id, shareOf(likeness, SIMILAR_WORDS)]));
	if (!embedding) return similar;
	await source.history.useEmbeddingModel(embedding.model, embedding.vector.length);
	const near = await nearestJudged({ dense: { vector: embedding.vector }, filter: filterOf(workspaceIds) }, source);
	for (const { id, score } of near) similar.set(id, Math.max(similar.get(id) ?? 0, shareOf(score, SIMILAR_MEANING)));
	return similar;
}

function filterOf(workspaceIds: readonly string[]): Filter {
	return { must: [{ key: 'workspace_id', match: { any: workspaceIds } }] };
}

/** The nearest questions that were judged; those that agents alone judged come beside the others, and keep none of them out. */
async function nearestJudged(request: Omit<SearchRequest, 'limit'>, { history, outcomes }: ExperienceSource): Promise<readonly RankedPoint[]> {
	const near = await history.rank('interaction-history', { ...request, limit: LOOKED_AT });
	const credits = await outcomes.creditsOf(near.map(({ id }) => id));
	const judged = new Set(credits.map(({ interactionId }) => interactionId));
	const confirmed = new Set(credits.filter(({ isConfirmed }) => isConfirmed).map(({ interactionId }) => interactionId));
	const claimed = near.filter(({ id }) => judged.has(id) && !confirmed.has(id));
	return [...near.filter(({ id }) => confirmed.has(id)).slice(0, NEIGHBOURS), ...claimed.slice(0, NEIGHBOURS)];
}

/** How far a value is between two bounds, 0…1. */
function shareOf(value: number, [low, high]: readonly [number, number]): number {
	return Math.max(0, Math.min(1, (value - low) / (high - low)));
}

/** Cosine of two texts as vectors of √count × idf. */
function cosine(a: LexicalVector, b: LexicalVector, idf: ReadonlyMap<number, number>): number {
	const weightOf = (vector: LexicalVector, hash: number) => Math.sqrt(countOf(vector, hash)) * (idf.get(hash) ?? 0);
	const lengthOf = (vector: LexicalVector) => Math.sqrt(vector.hashes.reduce((sum, hash) => sum + weightOf(vector, hash) ** 2, 0));
	const product = a.hashes.reduce((sum, hash) => sum + weightOf(a, hash) * weightOf(b, hash), 0);
	const lengths = lengthOf(a) * lengthOf(b);
	return lengths > 0 ? product / lengths : 0;
}
