import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import initSqlJs, { type Database, type SqlValue } from 'sql.js';
import type { SqliteDatabase, SqliteRow, SqliteStatement } from '#core/store/sqlite';
import { lockFile } from './fileLock.ts';
import { toSqliteError } from './sqliteErrors.ts';

/**
 * A database in memory that is written whole after every commit: temporary file, fsync, rename. One process at a time: a lock file with
 * the process id keeps others out, and one whose process is gone counts for nothing. For runtimes without `node:sqlite`.
 */
export async function openSqlJs(path: string, readOnly: boolean, assetsPath: string): Promise<SqliteDatabase> {
	const { Database: SqlDatabase } = await initSqlJs({
		locateFile: () => join(assetsPath, 'sql-wasm.wasm'),
	});
	const guard = <T>(work: () => T): T => {
		try {
			return work();
		} catch (error) {
			throw toSqliteError(error, path);
		}
	};
	const read = () =>
		guard(() => {
			const opened = new SqlDatabase(readOnly || existsSync(path) ? readFileSync(path) : undefined);
			opened.exec('PRAGMA foreign_keys = ON; SELECT count(*) FROM sqlite_master');
			if (readOnly) opened.exec('PRAGMA query_only = ON');
			return opened;
		});
	const lock = readOnly ? null : lockFile(path);
	let database: Database;
	try {
		database = read();
	} catch (error) {
		lock?.release();
		throw error;
	}

	let depth = 0;
	let isOpen = true;
	const persist = () => {
		if (readOnly || depth > 0) return;
		try {
			guard(() => {
				lock?.assertHeld();
				const bytes = database.export();
				database.exec('PRAGMA foreign_keys = ON');
				writeWhole(path, bytes);
			});
		} catch (error) {
			// What the disk did not take was not acknowledged: the memory goes back to what the disk has.
			const last = read();
			database.close();
			database = last;
			throw error;
		}
	};
	const statements = new Map<string, SqliteStatement>();
	const prepare = (sql: string): SqliteStatement => {
		// An export invalidates prepared statements, so each call prepares its own.
		const isWrite = !/^\s*(select|pragma|with)\b/i.test(sql);
		const query = (parameters: readonly SqlValue[]): SqliteRow[] =>
			guard(() => {
				const statement = database.prepare(sql);
				try {
					statement.bind([...parameters]);
					const rows: SqliteRow[] = [];
					while (statement.step()) rows.push(statement.getAsObject() as SqliteRow);
					return rows;
				} finally {
					statement.free();
				}
			});
		return {
			run(...parameters) {
				query(parameters as SqlValue[]);
				const changes = database.getRowsModified();
				const lastInsertRowid = Number(database.exec('SELECT last_insert_rowid()')[0]?.values[0]?.[0] ?? 0);
				if (isWrite) persist();
				return { changes, lastInsertRowid };
			},
			get: (...parameters) => query(parameters as SqlValue[])[0],
			all: (...parameters) => query(parameters as SqlValue[]),
			iterate: (...parameters) => query(parameters as SqlValue[]).values(),
		};
	};
	return {
		engine: 'sql.js',
		isShared: false,
		exec(sql) {
			guard(() => database.exec(sql));
			persist();
		},
		prepare(sql) {
			const known = statements.get(sql) ?? prepare(sql);
			statements.set(sql, known);
			return known;
		},
		transaction(work) {
			if (depth > 0) return work();
			guard(() => database.exec('BEGIN IMMEDIATE'));
			depth++;
			try {
				const result = work();
				guard(() => database.exec('COMMIT'));
				depth--;
				persist();
				return result;
			} catch (error) {
				if (depth > 0) {
					depth--;
					rollBack(database);
				}
				throw error;
			}
		},
		copyTo(target) {
			guard(() => {
				const bytes = database.export();
				database.exec('PRAGMA foreign_keys = ON');
				writeWhole(target, bytes);
			});
		},
		dataVersion: () => 1,
		close() {
			if (!isOpen) return;
			isOpen = false;
			database.close();
			lock?.release();
		},
	};
}

/** Some failures, a full disk among them, have already rolled back. */
function rollBack(database: Database): void {
	try {
		database.exec('ROLLBACK');
	} catch (error) {
		if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error;
	}
}

/** Under a temporary name first, so that a death half-way leaves the old file. */
function writeWhole(path: string, bytes: Uint8Array): void {
	const temporary = `${path}.tmp`;
	try {
		const file = openSync(temporary, 'w', 0o600);
		try {
			for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}
