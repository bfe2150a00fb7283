import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteEngine } from '#core/store/sqlite';
import { makeFolders } from './makeFolders.ts';
import { clearNodeSqlite, clearSqlJs } from './sqlite/clearDatabase.ts';
import { hasNodeSqlite, openNodeSqlite } from './sqlite/nodeSqlite.ts';
import { hasLog, headerVersion } from './sqlite/schemaVersion.ts';
import { toSqliteError } from './sqlite/sqliteErrors.ts';
import { openSqlJs } from './sqlite/sqlJs.ts';

/** `node:sqlite` where the runtime has it, else sql.js. Folders are made with mode 0700, files get 0600. */
export function createSqliteEngine(options: { readonly assetsPath: string; readonly prefer?: 'node:sqlite' | 'sql.js' }): SqliteEngine {
	const isNative = options.prefer !== 'sql.js' && hasNodeSqlite();
	return {
		name: isNative ? 'node:sqlite' : 'sql.js',
		async open(path, { readOnly = false } = {}) {
			if (!readOnly) makeFolderOf(path);
			return isNative ? openNodeSqlite(path, readOnly) : openSqlJs(path, readOnly, options.assetsPath);
		},
		async schemaVersion(path) {
			const version = headerVersion(path);
			if (version === null || !isNative || !hasLog(path)) return version;
			const database = openNodeSqlite(path, true);
			try {
				return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
			} finally {
				database.close();
			}
		},
		async clear(path) {
			return isNative ? clearNodeSqlite(path) : clearSqlJs(path);
		},
		async setAside(path, suffix) {
			for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, `${path}.${suffix}${part}`);
		},
	};
}

function makeFolderOf(path: string): void {
	try {
		makeFolders(dirname(path));
	} catch (error) {
		throw toSqliteError(error, path);
	}
}
