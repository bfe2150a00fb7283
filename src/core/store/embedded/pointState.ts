import type { CollectionName, PayloadOf } from '#core/domain/collection';
import type { SqliteDatabase } from '../sqlite.ts';
import type { VectorPoint } from '../vectorStore.ts';
import { parsePayload, SELECT_POINT, writePoint } from './pointRows.ts';

/** Merges fields into the payloads of points; unknown ids are left out. Call within a transaction. */
export function patchPayloads<C extends CollectionName>(database: SqliteDatabase, collection: C, ids: readonly string[], patch: Partial<PayloadOf[C]>): void {
	const read = database.prepare('SELECT state FROM points WHERE id = ? AND collection = ?');
	const write = database.prepare('UPDATE points SET state = ? WHERE id = ? AND collection = ?');
	for (const id of ids) {
		const row = read.get(id, collection);
		if (row) write.run(JSON.stringify({ ...(row.state ? JSON.parse(String(row.state)) : {}), ...patch }), id, collection);
	}
}

/** As `LearnedStore.replace`; `nextSequence` is asked only where something changes. Call within a transaction. */
export function replacePoint<C extends CollectionName>(
	database: SqliteDatabase,
	collection: C,
	point: VectorPoint<C>,
	expected: PayloadOf[C] | null,
	nextSequence: () => number,
): boolean {
	const row = database.prepare(`${SELECT_POINT} WHERE p.id = ? AND p.collection = ?`).get(point.id, collection);
	const stored = row ? parsePayload<C>(row) : null;
	if (JSON.stringify(stored) !== JSON.stringify(expected)) return false;
	writePoint(database, collection, point, nextSequence());
	database.prepare('UPDATE points SET state = NULL WHERE id = ?').run(point.id);
	return true;
}
