import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { PostgresDatabase, PostgresPlace } from '#core/store/postgres';
import { describeError } from '#node/log';
import { createPostgresEngine } from '#node/postgres/postgresEngine';
import { startPostgres } from '../support/postgres/postgresServer.ts';
import { selfSigned } from '../support/selfSigned.ts';
import { temporaryFolder } from '../support/workspace.ts';

const started = await startPostgres();
if ('reason' in started) test.skip(`connections to PostgreSQL (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());
	const opened: PostgresDatabase[] = [];
	afterEach(async () => {
		await Promise.all(opened.splice(0).map((database) => database.close()));
	});
	const open = (place: PostgresPlace, password: string | null = started.password) => {
		const database = createPostgresEngine().open(place, async () => password);
		opened.push(database);
		return database;
	};
	const ask = (database: PostgresDatabase, sql: string) => database.transaction(async ({ query }) => (await query(sql)).rows);
	const place = (more: Partial<PostgresPlace> = {}) => started.place('postgres', more);
	const count = 'SELECT count(*)::int AS n FROM notes';

	test('commits what was resolved, rolls back what was thrown, and has no more than three connections', async () => {
		const database = open(place());
		await ask(database, 'CREATE TABLE notes (id int)');
		await expect(
			database.transaction(async ({ query }) => {
				await query('INSERT INTO notes VALUES (1)');
				throw new Error('no');
			}),
		).rejects.toThrow();
		expect(await ask(database, count)).toEqual([{ n: 0 }]);
		await Promise.all(Array.from({ length: 20 }, (_, i) => ask(database, `INSERT INTO notes VALUES (${i})`)));
		expect(await ask(database, count)).toEqual([{ n: 20 }]);
		const connections = await started.query('postgres', "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'hybrid-coordinator'");
		expect(connections[0]?.n).toBeLessThanOrEqual(3);
	});

	test('ends a statement, a wait for a lock, and a pause that take too long', async () => {
		const database = open(place());
		await expect(database.transaction(({ query }) => query('SELECT pg_sleep(30)'), { statementTimeoutMs: 200 })).rejects.toMatchObject({
			code: 'server-timeout',
			isRetryable: true,
		});
		await ask(database, 'CREATE TABLE locked (id int)');
		await database.transaction(async ({ query }) => {
			await query('LOCK TABLE locked');
			const other = database.transaction((connection) => connection.query('LOCK TABLE locked'), { statementTimeoutMs: 200 });
			await expect(other).rejects.toMatchObject({ isRetryable: true });
		});
		const [limit] = await ask(database, "SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('statement_timeout') AS statement");
		expect(limit).toEqual({ idle: '15s', statement: '10s' });
	});

	test('writes to disk what is acknowledged, also where the server is set up not to', async () => {
		await started.query('postgres', "ALTER ROLE app SET synchronous_commit = 'off'");
		expect(await ask(open(place()), "SELECT current_setting('synchronous_commit') AS value")).toEqual([{ value: 'on' }]);
		await started.query('postgres', 'ALTER ROLE app RESET synchronous_commit');
	});

	test('names what went wrong, and never the password or a value', async () => {
		const failure = (work: Promise<unknown>) =>
			work.then(
				() => Promise.reject(new Error('It went well.')),
				(error: unknown) => error,
			);
		const all = await Promise.all([
			failure(ask(open(place(), 'wrong secret'), 'SELECT 1')),
			failure(ask(open(place(), null), 'SELECT 1')),
			failure(ask(open(place({ database: 'nowhere' })), 'SELECT 1')),
			failure(ask(open(place({ port: 1 })), 'SELECT 1')),
			failure(ask(open(place({ host: 'no.such.host.invalid' })), 'SELECT 1')),
			failure(ask(open(place()), "SELECT 'a secret value'::int")),
			failure(ask(open(place()), 'SET TRANSACTION READ ONLY; CREATE TABLE more (id int)')),
			failure(ask(open(place({ tls: 'encrypt' })), 'SELECT 1')),
		]);
		expect(all.map((error) => (error as { code: string }).code)).toEqual([
			'unauthorized',
			'unauthorized',
			'not-found',
			'server-unreachable',
			'server-unreachable',
			'invalid-argument',
			'database-readonly',
			'server-unreachable',
		]);
		const said = all.map(describeError).join('\n');
		for (const secret of ['secret', started.password]) expect(said).not.toContain(secret);
	});

	test('looks for no password of its own in the environment', async () => {
		process.env.PGPASSWORD = started.password;
		try {
			await expect(ask(open(place(), null), 'SELECT 1')).rejects.toMatchObject({ code: 'unauthorized' });
		} finally {
			delete process.env.PGPASSWORD;
		}
	});

	test('goes on after the server was killed and started again, and while it is frozen says so in time', async () => {
		const database = open(place());
		expect(await ask(database, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
		await expect(
			database.transaction(async ({ query }) => {
				await query('SELECT 1');
				await started.kill();
				await query('SELECT 1');
			}),
		).rejects.toMatchObject({ code: 'server-unreachable', isRetryable: true });
		await expect(ask(database, 'SELECT 1')).rejects.toMatchObject({ code: 'server-unreachable' });
		await started.start();
		expect(await ask(database, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
		started.freeze(true);
		try {
			await expect(database.transaction(({ query }) => query('SELECT 1'), { statementTimeoutMs: 100 })).rejects.toMatchObject({ code: 'server-timeout' });
		} finally {
			started.freeze(false);
		}
		expect(await ask(database, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
	});

	test('trusts a certificate of the host from a known authority alone, where it is to verify', async () => {
		using folder = temporaryFolder();
		const { key, cert } = selfSigned('localhost');
		const files = [`ssl_cert_file=${started.addFile('server.crt', cert)}`, `ssl_key_file=${started.addFile('server.key', key)}`];
		await started.kill();
		await started.start(['ssl=on', ...files]);
		const certificateFile = folder.join('authority.pem');
		writeFileSync(certificateFile, cert);
		const isEncrypted = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
		expect(await ask(open(place({ host: 'localhost', tls: 'verify', certificateFile })), isEncrypted)).toEqual([{ ssl: true }]);
		expect(await ask(open(place({ tls: 'encrypt' })), isEncrypted)).toEqual([{ ssl: true }]);
		expect(await ask(open(place({ tls: 'off' })), isEncrypted)).toEqual([{ ssl: false }]);
		for (const wrong of [place({ host: 'localhost', tls: 'verify' }), place({ tls: 'verify', certificateFile })]) {
			await expect(ask(open(wrong), 'SELECT 1')).rejects.toMatchObject({ code: 'server-unreachable', message: expect.stringContaining('certificate') });
		}
		await expect(ask(open(place({ tls: 'verify', certificateFile: folder.join('none.pem') })), 'SELECT 1')).rejects.toMatchObject({ code: 'file-unreadable' });
	});
}
