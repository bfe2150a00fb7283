import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '#core/store/migrate';
import type { SqliteDatabase } from '#core/store/sqlite';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { ENGINES } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe.each(ENGINES)('SQLite by %s', (prefer) => {
	const engine = createSqliteEngine({ assetsPath: assetsPath(), prefer });
	let folder: TemporaryFolder;
	let path: string;
	const opened: SqliteDatabase[] = [];
	const open = async (options?: { readonly readOnly?: boolean }) => {
		const database = await engine.open(path, options);
		opened.push(database);
		return database;
	};
	beforeEach(() => {
		folder = temporaryFolder();
		path = folder.join('deep', 'index.db');
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

	test('is the engine asked for', async () => {
		expect([engine.name, (await open()).engine]).toEqual([prefer, prefer]);
	});

	test('keeps every type of value, and what was committed, across opening', async () => {
		const database = await open();
		database.exec('CREATE TABLE t (v)');
		const insert = database.prepare('INSERT INTO t VALUES (?)');
		for (const value of [null, 1.5, 'ä', Uint8Array.of(0, 255)]) expect(insert.run(value).changes).toBe(1);
		expect(insert.run(7).lastInsertRowid).toBe(5);
		database.close();
		const again = await open();
		expect(
			again
				.prepare('SELECT v FROM t ORDER BY rowid')
				.all()
				.map(({ v }) => (v instanceof Uint8Array ? [...v] : v)),
		).toEqual([null, 1.5, 'ä', [0, 255], 7]);
		expect([...again.prepare('SELECT v FROM t WHERE v = ?').iterate('ä')].length).toBe(1);
		expect(again.prepare('SELECT v FROM t WHERE v = ?').get('absent')).toBeUndefined();
	});

	test('rolls back what throws, also after a nested call', async () => {
		const database = await open();
		database.exec('CREATE TABLE t (v)');
		const insert = (value: number) => database.prepare('INSERT INTO t VALUES (?)').run(value);
		expect(database.transaction(() => database.transaction(() => insert(1).changes))).toBe(1);
		const failing = () =>
			database.transaction(() => {
				database.transaction(() => insert(2));
				throw new Error('no');
			});
		expect(failing).toThrow('no');
		insert(3);
		expect(values(database)).toEqual([1, 3]);
		database.close();
		expect(values(await open())).toEqual([1, 3]);
	});

	test.skipIf(process.platform === 'win32')('keeps files and folders to their owner', async () => {
		const database = await open();
		database.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
		database.copyTo(`${path}.copy`);
		expect(statSync(folder.join('deep')).mode & 0o777).toBe(0o700);
		for (const name of readdirSync(folder.join('deep'))) expect(statSync(folder.join('deep', name)).mode & 0o077, name).toBe(0);
		database.close();
		path = `${path}.copy`;
		expect(values(await open())).toEqual([1]);
	});

	test('tells a damaged file and one that is no database', async () => {
		folder.write({
			'deep/index.db': 'certainly no database, but long enough to have a header of a hundred bytes if it were one, as it is not',
		});
		await expect(open()).rejects.toMatchObject({
			code: 'database-corrupt',
			details: { path },
		});
		await engine.setAside(path, 'damaged-1');
		expect([existsSync(path), existsSync(`${path}.damaged-1`)]).toEqual([false, true]);
		(await open()).exec('CREATE TABLE t (v)');
	});

	test('tells damage that is met only later', async () => {
		const database = await open();
		database.exec('CREATE TABLE t (v)');
		database.transaction(() => {
			for (let i = 0; i < 200; i++) database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(500));
		});
		database.close();
		const bytes = readFileSync(path);
		bytes.fill(0xa5, 8_192);
		writeFileSync(path, bytes);
		const damaged = await open();
		expect(() => damaged.prepare('SELECT sum(length(v)) FROM t').get()).toThrow(expect.objectContaining({ code: 'database-corrupt' }));
		expect(() => [...damaged.prepare('SELECT v FROM t').iterate()]).toThrow(expect.objectContaining({ code: 'database-corrupt' }));
	});

	test('migrates step by step, with a backup of what was there, and refuses what is newer', async () => {
		const database = await open();
		const backups: number[] = [];
		const options = { path, backup: () => void backups.push(1) };
		migrate(database, ['CREATE TABLE t (v); INSERT INTO t VALUES (1)'], options);
		expect(backups).toEqual([]);
		const two = ['CREATE TABLE t (v); INSERT INTO t VALUES (1)', 'INSERT INTO t VALUES (2)'];
		expect(() => migrate(database, [...two, 'nonsense'], options)).toThrow();
		expect(values(database)).toEqual([1]);
		migrate(database, two, options);
		migrate(database, two, options);
		expect([values(database), backups.length]).toEqual([[1, 2], 2]);
		expect(() => migrate(database, two.slice(0, 1), options)).toThrow(expect.objectContaining({ code: 'database-newer' }));
		expect(values(database)).toEqual([1, 2]);
	});

	test('tells the schema version and changes neither bytes nor mode', async () => {
		expect(await engine.schemaVersion(path)).toBeNull();
		const database = await open();
		database.exec('CREATE TABLE t (v); PRAGMA user_version = 7');
		// As a killed process leaves it: by node:sqlite the version is in the log alone.
		const left = folder.join('left.db');
		for (const part of ['', '-wal']) if (existsSync(path + part)) copyFileSync(path + part, left + part);
		database.close();
		const look = (file: string) =>
			['', '-wal']
				.filter((part) => existsSync(file + part))
				.map((part) => [part, statSync(file + part).mode, statSync(file + part).mtimeMs, readFileSync(file + part, 'hex')]);
		for (const file of [path, left]) {
			for (const part of ['', '-wal']) if (existsSync(file + part)) chmodSync(file + part, 0o644);
			const before = look(file);
			expect(await engine.schemaVersion(file)).toBe(7);
			expect(look(file)).toEqual(before);
		}
		folder.write({ 'none.db': 'no database' });
		expect(await engine.schemaVersion(folder.join('none.db'))).toBeNull();
	});

	test('opened to be read only, it is not written and not made', async () => {
		await expect(open({ readOnly: true })).rejects.toMatchObject({
			code: 'database-readonly',
		});
		(await open()).exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
		const reader = await open({ readOnly: true });
		expect(values(reader)).toEqual([1]);
		expect(() => reader.prepare('INSERT INTO t VALUES (2)').run()).toThrow(expect.objectContaining({ code: 'database-readonly' }));
	});

	test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('tells a folder that cannot be written', async () => {
		folder.write({ 'deep/other': '' });
		chmodSync(folder.join('deep'), 0o500);
		await expect(open().then((database) => database.exec('CREATE TABLE t (v)'))).rejects.toMatchObject({ code: 'database-readonly' });
		chmodSync(folder.join('deep'), 0o700);
	});

	test('tells that it cannot grow, and keeps what it had', async () => {
		const database = await open();
		database.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
		const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
		const fill = () =>
			database.transaction(() => {
				database.prepare(`PRAGMA max_page_count = ${pages + 1}`).get();
				for (let i = 0; i < 100; i++) database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(2_000));
			});
		expect(fill).toThrow(expect.objectContaining({ code: 'disk-full', isRetryable: true }));
		expect(values(database)).toEqual([1]);
		database.prepare('PRAGMA max_page_count = 100000').get();
		database.exec('INSERT INTO t VALUES (2)');
		expect(values(database)).toEqual([1, 2]);
	});

	test('is emptied when nobody has it open, and only then', async () => {
		expect(await engine.clear(path)).toBe(true);
		const database = await open();
		database.exec('CREATE TABLE t (v); CREATE TABLE "odd ""name" (v REFERENCES t); INSERT INTO t VALUES (1); PRAGMA user_version = 3');
		expect(await engine.clear(path)).toBe(false);
		expect(values(database)).toEqual([1]);
		database.close();
		expect(await engine.clear(path)).toBe(true);
		expect((await engine.schemaVersion(path)) ?? 0).toBe(0);
		expect(readdirSync(folder.join('deep')).filter((name) => name !== 'index.db')).toEqual([]);
		const again = await open();
		expect(again.prepare('SELECT name FROM sqlite_master').all()).toEqual([]);
		again.exec('CREATE TABLE t (v)');
		again.close();
		writeFileSync(path, 'no database any more');
		expect(await engine.clear(path)).toBe(true);
		expect(existsSync(path)).toBe(false);
	});

	test('two openers see each other, or the second is told', async () => {
		const first = await open();
		first.exec('CREATE TABLE t (v)');
		if (!first.isShared) {
			await expect(open()).rejects.toMatchObject({
				code: 'database-locked',
				isRetryable: true,
			});
			first.close();
			writeFileSync(`${path}.lock`, '999999999');
			expect(values(await open())).toEqual([]);
			return;
		}
		const second = await open();
		const version = second.dataVersion();
		first.exec('INSERT INTO t VALUES (1)');
		expect(values(second)).toEqual([1]);
		expect(second.dataVersion()).toBeGreaterThan(version);
		second.exec('PRAGMA busy_timeout = 0');
		first.transaction(() => {
			expect(() => second.exec('INSERT INTO t VALUES (2)')).toThrow(expect.objectContaining({ code: 'database-locked', isRetryable: true }));
		});
	});
});
