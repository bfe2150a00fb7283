import type { CommonPayload } from '#core/domain/collection';
import type { KnowledgeHit } from '#core/domain/hit';
import type { ClockPort, FilePort } from '#core/ports';
import type { StoredPoint, VectorStore } from '#core/store/vectorStore';
import type { PracticeReader, PracticeSource } from '../practice/practiceReader.ts';
import { checkAnchors } from './checkAnchors.ts';

/** Checks that an item may fail in a row, so far apart, before it is retired: a branch that is checked out for a while is not the end. */
const MOST_FAILURES = 3;
const BETWEEN_FAILURES_MS = 3_600_000;

/**
 * The hits that still speak of what is there. An item whose code is gone is left out and, being active, becomes proposed; failing three checks
 * in a row, an hour apart at least, it is retired; code that comes back brings its item back. Practices are held against their file. What is
 * pinned is believed.
 */
export async function keepTrue(
	options: { readonly store: VectorStore; readonly practices: PracticeReader; readonly files: FilePort; readonly clock: Pick<ClockPort, 'nowMs'> },
	hits: readonly KnowledgeHit[],
	sources: readonly PracticeSource[],
): Promise<KnowledgeHit[]> {
	const { store, practices, files, clock } = options;
	const worktrees = sources.map(({ worktree }) => worktree);

	async function isTrue({ id, collection }: KnowledgeHit): Promise<boolean> {
		const [item] = await store.get(collection, [id]);
		if (!item) return false;
		if (item.payload.pinned) return true;
		if (collection === 'best-practices') return practices.isTrue(item as StoredPoint<'best-practices'>, sources);
		const holds = await checkAnchors(item.payload, worktrees, files);
		const patch = holds === null ? null : afterCheck(item.payload, holds, clock.nowMs());
		if (patch) await store.setPayload(collection, [id], patch);
		return holds !== false;
	}

	const verdicts = await Promise.all(hits.map(isTrue));
	return hits.filter((_, index) => verdicts[index]);
}

/** What a check changes about an item; null: nothing. */
export function afterCheck(
	{ status, status_by, stale_checks = 0, last_checked }: Pick<CommonPayload, 'status' | 'status_by' | 'stale_checks' | 'last_checked'>,
	holds: boolean,
	nowMs: number,
): Partial<CommonPayload> | null {
	const now = new Date(nowMs).toISOString();
	if (holds) {
		if (stale_checks === 0) return null;
		const isDemoted = status === 'proposed' && status_by === 'tree';
		return { stale_checks: 0, last_checked: now, ...(isDemoted ? { status: 'active', status_by: 'tree', status_since: now } : {}) };
	}
	if (stale_checks > 0 && last_checked !== undefined && nowMs - Date.parse(last_checked) < BETWEEN_FAILURES_MS) return null;
	const failures = stale_checks + 1;
	if (failures >= MOST_FAILURES) return { stale_checks: failures, last_checked: now, status: 'retired', status_by: 'tree', status_since: now };
	return { stale_checks: failures, last_checked: now, ...(status === 'active' ? { status: 'proposed', status_by: 'tree', status_since: now } : {}) };
}
