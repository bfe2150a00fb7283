import type { ClockPort } from '#core/ports';
import type { Settings } from '#core/settings';
import { isAgent } from '../outcome/combineSignals.ts';
import { readAll } from './readAll.ts';
import { type InteractionStores, removeInteractions } from './removeItems.ts';

const DAY_MS = 86_400_000;
/** A clock further ahead of the newest question is not believed: one that was set wrongly would take all there is. */
const MOST_SILENCE_MS = 90 * DAY_MS;
/** Removed at once: the database is never held for long. */
const BATCH = 100;
const MOST_OF_AGENTS = 0.5;

/**
 * Forgets questions and answers that are too old, and the oldest where there are too many; those of agents may fill half of the room, so that
 * none can drive out the user's. Pinned ones stay, and so does what was learned from them. Returns how many are gone.
 */
export async function enforceRetention(
	stores: InteractionStores,
	{ keepInteractionsDays, maxInteractions }: Pick<Settings['learning'], 'keepInteractionsDays' | 'maxInteractions'>,
	clock: Pick<ClockPort, 'nowMs'>,
	signal?: AbortSignal,
): Promise<number> {
	const known: { readonly id: string; readonly timeMs: number; readonly isPinned: boolean; readonly isOfAgent: boolean }[] = [];
	for await (const { id, payload } of readAll(stores.store, 'interaction-history')) {
		known.push({ id, timeMs: Date.parse(payload.timestamp), isPinned: payload.pinned === true, isOfAgent: payload.provenance.some(isAgent) });
	}
	known.sort((a, b) => b.timeMs - a.timeMs || (a.id < b.id ? -1 : 1));
	const nowMs = Math.min(clock.nowMs(), (known[0]?.timeMs ?? 0) + MOST_SILENCE_MS);
	const oldestMs = keepInteractionsDays === 0 ? Number.NEGATIVE_INFINITY : nowMs - keepInteractionsDays * DAY_MS;
	const loose = known.filter(({ isPinned }) => !isPinned);
	const agents = loose.filter(({ isOfAgent }) => isOfAgent);
	const crowd = new Set(agents.slice(Math.floor(maxInteractions * MOST_OF_AGENTS)));
	const kept = loose.filter((one) => !crowd.has(one));
	const gone = [...crowd, ...kept.filter(({ timeMs }, rank) => rank >= maxInteractions || timeMs < oldestMs)].map(({ id }) => id);
	let removed = 0;
	for (let start = 0; start < gone.length && !signal?.aborted; start += BATCH) {
		const batch = gone.slice(start, start + BATCH);
		await removeInteractions(stores, batch);
		removed += batch.length;
	}
	if (removed > 0) await stores.eraser.purge();
	return removed;
}
