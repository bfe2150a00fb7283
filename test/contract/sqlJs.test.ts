import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SqliteDatabase } from '#core/store/sqlite';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

/** A process id that no system gives. */
const NOBODY = '999999999';

describe('a whole-file database', () => {
	const engine = createSqliteEngine({ assetsPath: assetsPath(), prefer: 'sql.js' });
	let folder: TemporaryFolder;
	let path: string;
	const opened: SqliteDatabase[] = [];
	const open = async () => {
		const database = await engine.open(path);
		opened.push(database);
		return database;
	};
	beforeEach(() => {
		folder = temporaryFolder();
		path = folder.join('index.db');
	});
	afterEach(() => {
		for (const database of opened.splice(0)) database.close();
		folder[Symbol.dispose]();
	});
	const values = (database: SqliteDatabase) =>
		database
			.prepare('SELECT v FROM t ORDER BY v')
			.all()
			.map(({ v }) => v);

	test('forgets a change that it could not write, whichever way it was made', async () => {
		const database = await open();
		database.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
		// A folder stands where the file would be written.
		mkdirSync(`${path}.tmp`);
		expect(() => database.transaction(() => database.exec('INSERT INTO t VALUES (2)'))).toThrow();
		expect(() => database.prepare('INSERT INTO t VALUES (?)').run(3)).toThrow();
		expect(() => database.exec('INSERT INTO t VALUES (4)')).toThrow();
		expect(values(database)).toEqual([1]);
		rmdirSync(`${path}.tmp`);
		database.exec('INSERT INTO t VALUES (5)');
		expect(values(database)).toEqual([1, 5]);
		database.close();
		expect(values(await open())).toEqual([1, 5]);
	});

	test('writes no more when another process has taken its lock', async () => {
		const database = await open();
		database.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
		writeFileSync(`${path}.lock`, `${NOBODY} other`);
		expect(() => database.exec('INSERT INTO t VALUES (2)')).toThrow(expect.objectContaining({ code: 'database-locked' }));
		database.close();
		expect(readFileSync(`${path}.lock`, 'utf8')).toBe(`${NOBODY} other`);
		expect(values(await open())).toEqual([1]);
	});

	test('waits for a lock that is just being written, and for a takeover under way, but not for ever', async () => {
		const old = new Date(Date.now() - 60_000);
		writeFileSync(`${path}.lock`, '');
		await expect(open()).rejects.toMatchObject({ code: 'database-locked', isRetryable: true });
		utimesSync(`${path}.lock`, old, old);
		mkdirSync(`${path}.lock.takeover`);
		await expect(open()).rejects.toMatchObject({ code: 'database-locked', isRetryable: true });
		utimesSync(`${path}.lock.takeover`, old, old);
		(await open()).exec('CREATE TABLE t (v)');
	});

	test('is opened by one of many processes that find the lock of a dead one', async () => {
		for (let round = 0; round < 5; round++) {
			writeFileSync(`${path}.lock`, NOBODY);
			const processes = Array.from({ length: 4 }, () =>
				spawn(process.execPath, ['--no-warnings', join(repositoryRoot, 'test/support/sqlJsOpener.ts'), path], {
					cwd: repositoryRoot,
					stdio: ['pipe', 'pipe', 'inherit'],
				}),
			);
			const lines = processes.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
			for (const line of lines) expect((await line.next()).value).toBe('ready');
			for (const { stdin } of processes) stdin.write('go\n');
			const answers = await Promise.all(lines.map(async (line) => (await line.next()).value as string));
			const ends = processes.map((child) => new Promise((resolve) => child.once('exit', resolve)));
			for (const { stdin } of processes) stdin.end();
			await Promise.all(ends);
			expect(answers.filter((answer) => answer === 'open')).toHaveLength(1);
			expect(answers.filter((answer) => answer === 'database-locked')).toHaveLength(3);
		}
	});
});
