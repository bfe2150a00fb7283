import { type Remembered, unusable, wordsOf } from './chooseExamples.ts';

/** Cosine from which two questions ask the same, so that their answers may be compared. */
const SAME_QUESTION = 0.9;

export interface PreferencePair {
	readonly chosen: Remembered;
	readonly rejected: Remembered;
}

/**
 * Pairs of an answer that was accepted and one that was rejected to much the same question of the same workspace. Each rejected answer is
 * used once, with the nearest accepted one; a pair of equal answers says nothing and is none. `near` gives the questions near to one.
 */
export async function preferencePairs(
	accepted: readonly Remembered[],
	all: readonly Remembered[],
	near: (one: Remembered) => Promise<ReadonlyMap<string, number>>,
): Promise<readonly PreferencePair[]> {
	const byId = new Map(accepted.map((one) => [one.id, one]));
	const pairs: PreferencePair[] = [];
	for (const rejected of all) {
		const { outcome, status, workspace_id, response } = rejected.payload;
		if (outcome !== 'failure' || status === 'retired' || unusable(rejected.payload) !== null) continue;
		const [best] = [...(await near(rejected))]
			.filter(([, similarity]) => similarity >= SAME_QUESTION)
			.flatMap(([id, similarity]) => {
				const chosen = byId.get(id);
				const isPartner = chosen && chosen.payload.workspace_id === workspace_id && wordsOf(chosen.payload.response) !== wordsOf(response);
				return isPartner ? [{ chosen, similarity }] : [];
			})
			.sort((a, b) => b.similarity - a.similarity || (a.chosen.id < b.chosen.id ? -1 : 1));
		if (best) pairs.push({ chosen: best.chosen, rejected });
	}
	return pairs;
}
