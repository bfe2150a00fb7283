import type { ErrorSolutionsPayload } from '#core/domain/collection';
import { confidenceOf, type SolutionCounts } from './solutionRecord.ts';

/** What is added to the record of a solution; below 0: what is taken out of it. */
export interface CountChange {
	readonly success: number;
	readonly failure: number;
	readonly provenance: readonly string[];
}

type SolutionRecord = Pick<ErrorSolutionsPayload, keyof SolutionCounts | 'solution_verified' | 'confidence_score' | 'provenance'>;

/** The record of a solution after a change. It is verified while something that spoke for it is left. */
export function countChange(known: SolutionRecord | undefined, change: CountChange, nowMs: number): SolutionRecord & { readonly last_used: string } {
	const counts = {
		success_count: Math.max(0, (known?.success_count ?? 0) + change.success),
		failure_count: Math.max(0, (known?.failure_count ?? 0) + change.failure),
		last_used: new Date(nowMs).toISOString(),
	};
	return {
		...counts,
		solution_verified: change.success > 0 || (known?.solution_verified === true && !isDisproved(counts, change)),
		confidence_score: confidenceOf(counts, nowMs),
		provenance: [...new Set([...(known?.provenance ?? []), ...change.provenance])],
	};
}

/** Whether a change took back all that spoke for a solution. */
export function isDisproved({ success_count }: Pick<SolutionCounts, 'success_count'>, { success }: Pick<CountChange, 'success'>): boolean {
	return success < 0 && success_count === 0;
}
