import type { VectorStore } from '#core/store/vectorStore';
import type { Remembered } from './chooseExamples.ts';

/** Nearest questions that are looked at; what lies behind so many nearer ones is not found. */
const MOST = 50;

/**
 * Questions near to one, by id with their cosine: those of the same words among `all` (1), and the nearest by meaning where there are vectors.
 * `workspaceId` confines the latter to a workspace; absent: to none.
 */
export async function nearQuestions(
	store: VectorStore,
	one: Remembered,
	sameWords: ReadonlyMap<string, readonly Remembered[]>,
	workspaceId?: string | null,
): Promise<ReadonlyMap<string, number>> {
	const near = new Map<string, number>();
	const hash = one.payload.content_hash;
	const vector = (await store.vectors([hash])).get(hash);
	if (vector) {
		const filter = workspaceId === undefined ? {} : { filter: { must: [{ key: 'workspace_id', match: { value: workspaceId ?? '' } }] } };
		for (const { id, score } of await store.rank('interaction-history', { dense: { vector }, limit: MOST, ...filter })) near.set(id, score);
	}
	for (const { id } of sameWords.get(one.words) ?? []) near.set(id, 1);
	near.delete(one.id);
	return near;
}

/** Questions by their words. */
export function groupByWords(all: readonly Remembered[]): ReadonlyMap<string, readonly Remembered[]> {
	const groups = new Map<string, Remembered[]>();
	for (const one of all) {
		const group = groups.get(one.words);
		if (group) group.push(one);
		else groups.set(one.words, [one]);
	}
	return groups;
}
