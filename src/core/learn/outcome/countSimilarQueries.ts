import { termVector } from '#core/domain/terms';
import type { StoredPoint, VectorStore } from '#core/store/vectorStore';
import type { ScoredInteraction } from './valueScore.ts';

/** Counts above this make no difference to the score. */
const MOST = 60;

/**
 * How many past queries of the same workspace are as near as the value score asks, the interaction itself not counted. Without vectors only
 * queries of the same words count, as near to each other as can be.
 */
export async function countSimilarQueries(
	history: VectorStore,
	{ id, payload }: StoredPoint<'interaction-history'>,
): Promise<Pick<ScoredInteraction, 'similarAt80' | 'similarAt90'>> {
	// The interaction itself is taken out afterwards: a filter on anything but the workspace reads every point.
	const filter = { must: [{ key: 'workspace_id', match: { value: payload.workspace_id ?? '' } }] };
	const vector = (await history.vectors([payload.content_hash])).get(payload.content_hash);
	if (vector) {
		const near = await history.rank('interaction-history', { dense: { vector }, filter, limit: MOST + 1 });
		const count = (threshold: number) => near.filter((other) => other.id !== id && other.score >= threshold).length;
		return { similarAt80: count(0.8), similarAt90: count(0.9) };
	}
	const terms = queryTerms(payload.query);
	if (terms.length === 0) return { similarAt80: 0, similarAt90: 0 };
	const found = await history.search('interaction-history', { lexical: [{ field: 'text', terms }], filter, limit: MOST + 1 });
	const same = found.filter((other) => other.id !== id && wordsOf(other.payload.query) === wordsOf(payload.query)).length;
	return { similarAt80: same, similarAt90: same };
}

function queryTerms(query: string): { readonly hash: number; readonly weight: number }[] {
	const { hashes, counts } = termVector(query);
	return [...hashes].map((hash, index) => ({ hash, weight: counts[index] ?? 1 }));
}

function wordsOf(query: string): string {
	return query.toLowerCase().replace(/\s+/g, ' ').trim();
}
