import { CHUNKER_VERSION } from '#core/domain/chunk';
import type { ClockPort } from '#core/ports';
import type { GarbageReport } from '../manifestStore.ts';
import type { SqliteDatabase } from '../sqlite.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A content that no worktree has is kept this long: branches come back. */
const GRACE_MS = 14 * DAY_MS;
/** Between two collections, so that another process that follows the changes has long read what is forgotten. */
const INTERVAL_MS = DAY_MS;
/** Contents a transaction: the database is never locked for longer than a blink. */
const BATCH = 50;

/** Key of `meta`: changes of points up to this sequence number may be missing from `removed`. */
export const PRUNED_KEY = 'removed pruned';

/**
 * Removes what no worktree has had for a fortnight: outlines, then the bodies and vectors that only those used; and the notes of removed
 * points that every process has read. Null when the last collection is less than a day old. May be killed at any moment.
 */
export async function collectGarbage(database: SqliteDatabase, clock: ClockPort): Promise<GarbageReport | null> {
	const now = clock.nowMs();
	const last = readNumber(database, 'collected ms');
	if (last !== null && now - last < INTERVAL_MS) return null;
	markUnused(database, now);
	const outlines = await inBatches(clock, () => removeOutlines(database, now - GRACE_MS));
	const kept = chunksOfUnused(database);
	const bodies = await inBatches(clock, () => removeOrphans(database, kept));
	database.transaction(() => {
		const before = readNumber(database, 'collected seq');
		if (before !== null) {
			database.prepare('DELETE FROM removed WHERE seq <= ?').run(before);
			writeNumber(database, PRUNED_KEY, before);
		}
		writeNumber(database, 'collected seq', readNumber(database, 'seq') ?? 0);
		writeNumber(database, 'collected ms', now);
	});
	return { outlines, bodies };
}

/** Removes at once all that no worktree has: outlines of no file, bodies of no point and no outline, and vectors of no body. */
export function removeUnused(database: SqliteDatabase): void {
	database.exec('DELETE FROM outlines WHERE content_hash NOT IN (SELECT content_hash FROM files WHERE content_hash IS NOT NULL)');
	const kept = new Set<string>();
	for (const { chunks } of database.prepare('SELECT chunks FROM outlines').iterate()) for (const hash of hashesOf(chunks)) kept.add(hash);
	const unused = database.prepare('SELECT row, content_hash FROM bodies WHERE row NOT IN (SELECT body FROM points)').all();
	const remove = database.prepare('DELETE FROM bodies WHERE row = ?');
	for (const { row, content_hash } of unused) if (!kept.has(String(content_hash))) remove.run(Number(row));
	database.exec('DELETE FROM vectors WHERE content_hash NOT IN (SELECT content_hash FROM bodies); DELETE FROM unused; DELETE FROM orphans');
}

/** Notes since when a content is in no worktree, and forgets it of those that are again. */
function markUnused(database: SqliteDatabase, now: number): void {
	database.transaction(() => {
		database.exec('DELETE FROM unused WHERE content_hash IN (SELECT content_hash FROM files WHERE content_hash IS NOT NULL)');
		database
			.prepare(
				`INSERT OR IGNORE INTO unused SELECT DISTINCT content_hash, ?1 FROM outlines o
				WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.content_hash = o.content_hash)`,
			)
			.run(now);
	});
}

/** Removes outlines of contents unused since before `untilMs`, and of older chunkers; their chunks become orphans. Returns how many. */
function removeOutlines(database: SqliteDatabase, untilMs: number): number {
	return database.transaction(() => {
		const rows = database
			.prepare(
				`SELECT content_hash, language, version, chunks FROM outlines o WHERE version <> ?1
				OR content_hash IN (SELECT content_hash FROM unused u WHERE u.since_ms <= ?2 AND NOT EXISTS (SELECT 1 FROM files f WHERE f.content_hash = u.content_hash)) LIMIT ?3`,
			)
			.all(CHUNKER_VERSION, untilMs, BATCH);
		const note = database.prepare('INSERT OR IGNORE INTO orphans VALUES (?)');
		const remove = database.prepare('DELETE FROM outlines WHERE content_hash = ? AND language = ? AND version = ?');
		const forget = database.prepare('DELETE FROM unused WHERE content_hash = ?1 AND NOT EXISTS (SELECT 1 FROM outlines WHERE content_hash = ?1)');
		for (const { content_hash, language, version, chunks } of rows) {
			for (const hash of hashesOf(chunks)) note.run(hash);
			remove.run(String(content_hash), String(language), Number(version));
			forget.run(String(content_hash));
		}
		return rows.length;
	});
}

/** Removes bodies and vectors of orphans that no point and no kept outline has. Returns how many orphans were looked at. */
function removeOrphans(database: SqliteDatabase, kept: ReadonlySet<string>): number {
	return database.transaction(() => {
		const hashes = database
			.prepare('SELECT content_hash FROM orphans LIMIT ?')
			.all(BATCH)
			.map((row) => String(row.content_hash));
		const isUsed = database.prepare('SELECT 1 AS n FROM bodies b JOIN points p ON p.body = b.row WHERE b.content_hash = ? LIMIT 1');
		for (const hash of hashes) {
			if (!kept.has(hash) && !isUsed.get(hash)) {
				database.prepare('DELETE FROM bodies WHERE content_hash = ?').run(hash);
				database.prepare('DELETE FROM vectors WHERE content_hash = ?').run(hash);
			}
			database.prepare('DELETE FROM orphans WHERE content_hash = ?').run(hash);
		}
		return hashes.length;
	});
}

/** Chunks of outlines that no worktree has and that are kept for now. What a worktree has, has points. */
function chunksOfUnused(database: SqliteDatabase): ReadonlySet<string> {
	const kept = new Set<string>();
	const rows = database.prepare('SELECT chunks FROM outlines WHERE content_hash IN (SELECT content_hash FROM unused)').iterate();
	for (const { chunks } of rows) for (const hash of hashesOf(chunks)) kept.add(hash);
	return kept;
}

async function inBatches(clock: ClockPort, batch: () => number): Promise<number> {
	let sum = 0;
	for (let done = batch(); done > 0; done = batch()) {
		sum += done;
		await clock.delay(1);
	}
	return sum;
}

function hashesOf(chunks: unknown): readonly string[] {
	return (JSON.parse(String(chunks)) as readonly { readonly contentHash: string }[]).map(({ contentHash }) => contentHash);
}

function readNumber(database: SqliteDatabase, key: string): number | null {
	const value = database.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.value;
	return value === undefined ? null : Number(value);
}

function writeNumber(database: SqliteDatabase, key: string, value: number): void {
	database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, String(value));
}
