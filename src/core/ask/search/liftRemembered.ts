import type { Candidate } from './candidates.ts';
import type { Experience } from './experience.ts';

/** Of the best score, what a file has at least that similar questions were answered with, where that is certain: it drowns nothing. */
const NEAR_BEST = 0.9;
/** Memory that is taken as certain; a file that was edited and committed after much the same question has 0.3. */
const CERTAIN = 0.4;
/**
 * P(relevant) of a remembered file: with little memory about as often as one of the files found, and soon more often than not. Of 300 titles of
 * commits, 6 had memory of 0.1 or more, which was right in 4.
 */
const BASE_RELEVANCE = 0.3;
const RELEVANCE_OF_MEMORY = 1.4;
const MOST_RELEVANCE = 0.9;

/** By piece, the memory of its file: the best piece of each file that similar questions were answered with. */
export function rememberedPieces(
	scores: ReadonlyMap<string, number>,
	candidates: readonly Candidate[],
	{ remembered }: Pick<Experience, 'remembered'>,
): ReadonlyMap<string, number> {
	return new Map(
		remembered.flatMap(({ workspaceId, filePath, memory }) => {
			const pieces = candidates.filter((candidate) => candidate.filePath === filePath && candidate.stores.worktree.id === workspaceId);
			const [first] = pieces.sort((a, b) => (scores.get(b.id) ?? 0) - (scores.get(a.id) ?? 0) || (a.id < b.id ? -1 : 1));
			return first ? [[first.id, memory] as const] : [];
		}),
	);
}

/**
 * Scores in which remembered pieces stand no lower than their memory promises, up to nearly the best. What is learned of a file is multiplied later,
 * and is left out here.
 */
export function liftRemembered(
	scores: ReadonlyMap<string, number>,
	pieces: ReadonlyMap<string, number>,
	candidates: readonly Candidate[],
	experience: Experience,
): ReadonlyMap<string, number> {
	const best = Math.max(0, ...scores.values());
	const lifted = new Map(scores);
	for (const { id, filePath, stores } of candidates) {
		const memory = pieces.get(id);
		if (memory === undefined) continue;
		const least = (NEAR_BEST * Math.min(1, memory / CERTAIN) * best) / experience.fileFactor(stores.worktree.id, filePath);
		if (least > (scores.get(id) ?? 0)) lifted.set(id, least);
	}
	return lifted;
}

/** Calibrated relevance that the memory of a piece's file gives it. */
export function relevanceOfMemory(memory: number): number {
	return Math.min(MOST_RELEVANCE, BASE_RELEVANCE + RELEVANCE_OF_MEMORY * memory);
}
