import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { CoordinatorError } from '#core/base/errors';
import { lockFile } from './fileLock.ts';
import { toSqliteError } from './sqliteErrors.ts';

const require = createRequire(import.meta.url);

/**
 * Empties a shared database that no connection of any process has open; else false. The file stays, with one page: were it removed, a process
 * that opens it at that moment would write into a file without a name, and two would meet in one log.
 */
export function clearNodeSqlite(path: string): boolean {
	if (!existsSync(path)) return true;
	const { DatabaseSync: Database } = require('node:sqlite') as { DatabaseSync: typeof DatabaseSync };
	try {
		const database = new Database(path, { timeout: 0 });
		try {
			// With a log, every connection holds a shared lock as long as it is open; in this mode the first look takes the lock that excludes them
			// all, and keeps it. Where there was no log there is one then: without, all that goes would be written to a journal first.
			database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL');
			const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
			database.exec('PRAGMA foreign_keys = OFF; BEGIN EXCLUSIVE');
			for (const { name } of tables) database.exec(`DROP TABLE "${String(name).replaceAll('"', '""')}"`);
			database.exec('PRAGMA user_version = 0; COMMIT; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
		} finally {
			database.close();
		}
		return true;
	} catch (cause) {
		const error = toSqliteError(cause, path);
		if (CoordinatorError.is(error, 'database-locked')) return false;
		if (!CoordinatorError.is(error, 'database-corrupt')) throw error;
		// Nobody gets along with it.
		for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true });
		return true;
	}
}

/** Removes a whole-file database that no process has open; else false. */
export function clearSqlJs(path: string): boolean {
	if (!existsSync(path)) return true;
	try {
		const lock = lockFile(path);
		for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true });
		lock.release();
		return true;
	} catch (error) {
		if (CoordinatorError.is(error, 'database-locked')) return false;
		throw error;
	}
}
