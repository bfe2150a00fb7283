import { throwIfAborted } from '#core/base/abort';
import { COLLECTION_NAMES, type CollectionName } from '#core/domain/collection';
import type { MovedCollection, StoreMoveTarget } from '#core/domain/storeMove';
import type { ClockPort } from '#core/ports';
import type { StoredPoint } from '../vectorStore.ts';
import type { SharedParts } from './sharedParts.ts';

const PAGE = 200;
/** Points of each collection that are compared. */
const SAMPLE = 50;
/** Another process may be delivering. */
const PAUSE_MS = 500;

/**
 * Moves a store to the shared one, or back. There: what waits is delivered. Back: what is missing here is read, but for code, which each machine reads
 * from its files; then the shared store is told of nothing more. Both can be interrupted and run again.
 */
export async function moveShared(
	parts: SharedParts,
	to: StoreMoveTarget,
	options: { readonly clock: ClockPort; readonly onProgress: (waiting: number) => void; readonly signal?: AbortSignal },
): Promise<MovedCollection[]> {
	const { outbox, delivery, link } = parts;
	await link.require();
	const { clock, onProgress, signal } = options;
	if (to === 'embedded') for (const collection of COLLECTION_NAMES) if (collection !== 'codebase-context') await takeBack(parts, collection, signal);
	while (outbox.size() > 0) {
		throwIfAborted(signal);
		onProgress(outbox.size());
		if (!(await delivery.deliver())) await clock.delay(PAUSE_MS, signal);
	}
	const moved: MovedCollection[] = [];
	for (const collection of COLLECTION_NAMES) {
		const report = await verify(parts, collection);
		if (report.here + report.there > 0) moved.push(report);
	}
	if (to === 'embedded') outbox.remove();
	return moved;
}

async function takeBack({ local, remote, own }: SharedParts, collection: CollectionName, signal: AbortSignal | undefined): Promise<void> {
	let offset: string | undefined;
	do {
		throwIfAborted(signal);
		const page: { readonly points: StoredPoint[]; readonly nextOffset: string | null } = await remote.scroll(collection, {
			filter: own(collection),
			limit: PAGE,
			...(offset === undefined ? {} : { offset }),
		});
		const known = new Set(
			(
				await local.get(
					collection,
					page.points.map(({ id }) => id),
				)
			).map(({ id }) => id),
		);
		const missing = page.points.filter(({ id }) => !known.has(id));
		if (missing.length > 0) await local.upsert(collection, missing);
		offset = page.nextOffset ?? undefined;
	} while (offset !== undefined);
}

async function verify({ local, remote, outbox, own }: SharedParts, collection: CollectionName): Promise<MovedCollection> {
	const here = await local.count(collection);
	const kept = new Set(outbox.kept(collection));
	const there = await remote.count(collection, own(collection));
	const { points } = await local.scroll(collection, { limit: SAMPLE + kept.size });
	const sample = points.filter(({ id }) => !kept.has(id)).slice(0, SAMPLE);
	const copies = new Map(
		(
			await remote.get(
				collection,
				sample.map(({ id }) => id),
			)
		).map((point) => [point.id, point]),
	);
	const different = sample.filter((point) => sorted(point.payload) !== sorted(copies.get(point.id)?.payload)).length;
	return { collection, here, kept: kept.size, there, compared: sample.length, different };
}

/** The same text for the same fields in whatever order, at any depth. */
function sorted(payload: unknown): string {
	return JSON.stringify(payload, (_, value: unknown) =>
		typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
	);
}
