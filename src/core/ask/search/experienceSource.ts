import type { Settings } from '#core/settings';
import type { OutcomeStore } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';
import type { PathRecord } from './pathRecord.ts';

/** Where it is kept what became of earlier answers. */
export interface ExperienceSource {
	readonly history: VectorStore;
	readonly outcomes: OutcomeStore;
	/** What words of paths say of a workspace's files; absent: nothing. */
	readonly pathWords?: PathRecord['of'];
	readonly halfLifeDays: number;
	readonly nowMs: number;
}

/** The source as an option; none where nothing is kept, or while learning is paused. */
export function experienceSource(
	history: VectorStore | null,
	outcomes: OutcomeStore | undefined,
	{ enabled, halfLifeDays }: Settings['learning'],
	nowMs: number,
	pathWords?: PathRecord['of'],
): { readonly experience?: ExperienceSource } {
	return history && outcomes && enabled ? { experience: { history, outcomes, halfLifeDays, nowMs, ...(pathWords ? { pathWords } : {}) } } : {};
}
