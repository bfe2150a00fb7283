import type { Schemas } from '@qdrant/js-client-rest';
import type { SearchRequest } from '../vectorStore.ts';
import type { QdrantFilter } from './qdrantFilter.ts';
import { toSparseQuery } from './sparseVectors.ts';

/** Results a single ranking contributes to a fused one, as in the embedded store. */
const FUSED_DEPTH = 200;

type Ranking = Pick<Schemas['Prefetch'], 'query' | 'using' | 'params'> & { readonly weight: number };

/** A search as the server runs it: one query whose scores are multiplied by `scale`, or several that are fused here. */
export type SearchPlan =
	| { readonly kind: 'nothing' }
	| { readonly kind: 'query'; readonly query: Schemas['QueryRequest']; readonly scale: number }
	| { readonly kind: 'fuse'; readonly queries: readonly Schemas['QueryRequest'][]; readonly weights: readonly number[]; readonly k: number };

export interface SearchAbilities {
	readonly hasDense: boolean;
	readonly hasStatic: boolean;
	/** Whether the server fuses with a constant of ours; older ones know theirs alone. */
	readonly canFuse: boolean;
}

/**
 * Rankings of equal weight are fused by the server. It divides ranks by weights where we multiply scores by them, so others are fused here,
 * of the same lists.
 */
export function planSearch(request: SearchRequest, filter: QdrantFilter, abilities: SearchAbilities, exact = false): SearchPlan {
	const { limit, rrfK = 60 } = request;
	const rankings = rankingsOf(request, abilities, exact);
	const asked = (request.dense ? 1 : 0) + (request.static ? 1 : 0) + (request.lexical?.length ?? 0);
	if (rankings.length === 0) return { kind: 'nothing' };
	const depth = asked > 1 ? Math.max(limit, FUSED_DEPTH) : limit;
	const bare = rankings.map(({ weight: _, ...ranking }) => ({ ...ranking, filter, limit: depth }));
	const [first] = bare;
	if (asked === 1 && first) return { kind: 'query', query: first, scale: 1 };
	const weights = rankings.map(({ weight }) => weight);
	const [weight = 1] = weights;
	if (abilities.canFuse && weights.every((other) => other === weight)) {
		// The server counts ranks from 0, we from 1.
		return { kind: 'query', query: { prefetch: bare, query: { rrf: { k: rrfK + 1 } }, filter, limit }, scale: weight };
	}
	return { kind: 'fuse', queries: bare, weights, k: rrfK };
}

function rankingsOf({ dense, static: cheap, lexical }: SearchRequest, { hasDense, hasStatic }: SearchAbilities, exact: boolean): Ranking[] {
	const params = exact ? { exact } : { hnsw_ef: 256, quantization: { rescore: true, oversampling: 3 } };
	return [
		...(dense && hasDense ? [{ query: [...dense.vector], using: 'dense', params, weight: dense.weight ?? 1 }] : []),
		...(cheap && hasStatic ? [{ query: [...cheap.vector], using: 'static', params, weight: cheap.weight ?? 1 }] : []),
		...(lexical ?? []).flatMap((query) => (query.terms.length > 0 ? [{ query: toSparseQuery(query), using: query.field, weight: query.weight ?? 1 }] : [])),
	];
}

export interface Ranked {
	readonly id: string;
	readonly score: number;
}

/** Reciprocal rank fusion of lists, ranks from 1. */
export function fuseLists<T extends Ranked>(lists: readonly (readonly T[])[], weights: readonly number[], k: number): T[] {
	const found = new Map<string, T>();
	for (const [list, items] of lists.entries()) {
		for (const [index, item] of items.entries()) {
			const score = (found.get(item.id)?.score ?? 0) + (weights[list] ?? 1) / (k + index + 1);
			found.set(item.id, { ...item, score });
		}
	}
	return [...found.values()].sort(byScoreThenId);
}

/** Best first; ties by id. */
export function byScoreThenId(a: Ranked, b: Ranked): number {
	return b.score - a.score || (a.id < b.id ? -1 : 1);
}
