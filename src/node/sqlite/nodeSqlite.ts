import { chmodSync, closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteRow, SqliteStatement, SqliteValue } from '#core/store/sqlite';
import { toSqliteError } from './sqliteErrors.ts';

const require = createRequire(import.meta.url);
const BUSY_TIMEOUT_MS = 5_000;
const SQLITE_BUSY = 5;

/** Whether this runtime brings SQLite. */
export function hasNodeSqlite(): boolean {
	try {
		require('node:sqlite');
		return true;
	} catch {
		return false;
	}
}

/** SQLite does not wait for another process that switches the same new file at this moment, but fails at once: so wait here, as long as for a lock. */
function switchToWal(database: DatabaseSync): void {
	const deadline = Date.now() + BUSY_TIMEOUT_MS;
	for (;;) {
		try {
			database.exec('PRAGMA journal_mode = WAL');
			return;
		} catch (error) {
			if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || Date.now() >= deadline) throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
		}
	}
}

/** Opens or makes a database with the runtime's SQLite, in WAL mode, for several processes at once. */
export function openNodeSqlite(path: string, readOnly: boolean): SqliteDatabase {
	const guard = <T>(work: () => T): T => {
		try {
			return work();
		} catch (error) {
			throw toSqliteError(error, path);
		}
	};
	if (!readOnly) guard(() => makePrivate(path));
	const database = guard(() => {
		const { DatabaseSync: Database } = require('node:sqlite') as {
			DatabaseSync: typeof DatabaseSync;
		};
		const opened = new Database(path, { readOnly, timeout: BUSY_TIMEOUT_MS });
		try {
			// 32 MB of log between checkpoints: with the default a first index writes most pages of its indexes many times. More than 8 MB of cache
			// made neither indexing nor search faster.
			opened.exec('PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY');
			if (!readOnly) switchToWal(opened);
			if (!readOnly) opened.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000');
			opened.prepare('SELECT count(*) FROM sqlite_master').get();
		} catch (error) {
			opened.close();
			throw error;
		}
		return opened;
	});

	const dataVersion = guard(() => database.prepare('PRAGMA data_version'));
	const statements = new Map<string, SqliteStatement>();
	let depth = 0;
	return {
		engine: 'node:sqlite',
		isShared: true,
		exec: (sql) => guard(() => database.exec(sql)),
		prepare(sql) {
			const known = statements.get(sql);
			if (known) return known;
			const made = guardStatement(
				guard(() => database.prepare(sql)),
				guard,
			);
			statements.set(sql, made);
			return made;
		},
		transaction(work) {
			if (depth > 0) return work();
			guard(() => database.exec('BEGIN IMMEDIATE'));
			depth++;
			try {
				const result = work();
				guard(() => database.exec('COMMIT'));
				return result;
			} catch (error) {
				if (database.isTransaction) database.exec('ROLLBACK');
				throw error;
			} finally {
				depth--;
			}
		},
		copyTo(target) {
			guard(() => {
				makePrivate(target);
				database.prepare('VACUUM INTO ?').run(target);
			});
		},
		dataVersion: () => guard(() => Number(dataVersion.get()?.data_version)),
		close: () => {
			if (database.isOpen) database.close();
		},
	};
}

/** Makes the file when it is missing; SQLite gives the log beside it the same mode, so this has to come first. */
function makePrivate(path: string): void {
	closeSync(openSync(path, 'a', 0o600));
	if (process.platform !== 'win32') chmodSync(path, 0o600);
}

function guardStatement(statement: StatementSync, guard: <T>(work: () => T) => T): SqliteStatement {
	type Input = null | number | bigint | string | Uint8Array;
	const input = (parameters: readonly SqliteValue[]): Input[] => parameters as Input[];
	return {
		run: (...parameters) => {
			const { changes, lastInsertRowid } = guard(() => statement.run(...input(parameters)));
			return {
				changes: Number(changes),
				lastInsertRowid: Number(lastInsertRowid),
			};
		},
		get: (...parameters) => guard(() => statement.get(...input(parameters)) as SqliteRow | undefined),
		all: (...parameters) => guard(() => statement.all(...input(parameters)) as SqliteRow[]),
		*iterate(...parameters) {
			// The rows are read while the loop runs, so errors come from there as well.
			const rows = guard(() => statement.iterate(...input(parameters)) as IterableIterator<SqliteRow>);
			try {
				for (let next = guard(() => rows.next()); !next.done; next = guard(() => rows.next())) yield next.value;
			} finally {
				rows.return?.();
			}
		},
	};
}
