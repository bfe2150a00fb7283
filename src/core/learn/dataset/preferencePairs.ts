import { nearness, type Remembered, unusable, wordsOf } from './chooseExamples.ts';

/** Cosine from which two questions ask the same, so that their answers may be compared. */
const SAME_QUESTION = 0.9;

export interface PreferencePair {
	readonly chosen: Remembered;
	readonly rejected: Remembered;
}

/**
 * Pairs of an answer that was accepted and one that was rejected to much the same question of the same workspace. Each rejected answer is
 * used once, with the nearest accepted one; a pair of equal answers says nothing and is none.
 */
export function preferencePairs(accepted: readonly Remembered[], all: readonly Remembered[]): readonly PreferencePair[] {
	const rejected = all.filter(({ payload }) => payload.outcome === 'failure' && payload.status !== 'retired' && unusable(payload) === null);
	const byWorkspace = new Map<string | null, Remembered[]>();
	for (const one of accepted) {
		const group = byWorkspace.get(one.payload.workspace_id) ?? [];
		group.push(one);
		byWorkspace.set(one.payload.workspace_id, group);
	}
	return rejected.flatMap((one) => {
		const [best] = (byWorkspace.get(one.payload.workspace_id) ?? [])
			.map((chosen) => ({ chosen, near: nearness(chosen, one) }))
			.filter(({ chosen, near }) => near >= SAME_QUESTION && wordsOf(chosen.payload.response) !== wordsOf(one.payload.response))
			.sort((a, b) => b.near - a.near || (a.chosen.id < b.chosen.id ? -1 : 1));
		return best ? [{ chosen: best.chosen, rejected: one }] : [];
	});
}
