import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { EmbeddedOutcomeStore } from '#core/store/embedded/embeddedOutcomeStore';
import { KNOWLEDGE_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import type { PostgresPlace } from '#core/store/postgres';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { ledgerRow } from '../support/ledgerRows.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/postgresServer.ts';
import { openTeam } from '../support/postgres/teamPorts.ts';
import { temporaryFolder } from '../support/workspace.ts';

const [first, second] = await Promise.all([1, 2].map(() => startPostgres([], ['pg_dump', 'pg_restore'])));
if (!first || !second || 'reason' in first || 'reason' in second) {
	test.skip(`a back-up of a team's database (${first && 'reason' in first ? first.reason : 'a second server does not start'})`, () => undefined);
} else {
	afterAll(() => Promise.all([first.dispose(), second.dispose()]));
	const waitFor = { timeout: 30_000, interval: 100 };
	const row = (id: string) => ledgerRow(id, { timeMs: Date.now(), costUsd: 0.25 });

	/** Runs what a script of `deploy/` runs in the container of the database, against a server of the tests. */
	function runLine(script: string, program: string, server: PostgresServer, place: PostgresPlace, file: string): void {
		const line = readFileSync(join(repositoryRoot, 'deploy/scripts', script), 'utf8')
			.split('\n')
			.find((text) => text.includes(` ${program} `));
		const command = (line ?? '')
			.replace('docker compose exec -T postgres ', '')
			.replace('--username=hybrid', `--username=${place.user}`)
			.replace('--dbname=hybrid', `--dbname=${place.database}`)
			.replace(' hybrid >', ` ${place.database} >`)
			.replace(/"\$(?:source|target)\/postgres\.dump"/, `"${file}"`);
		expect(command).toContain(file);
		const environment = { PATH: `${server.programs}:${process.env.PATH}`, PGHOST: place.host, PGPORT: String(place.port), PGPASSWORD: server.password };
		const { status, stderr } = spawnSync('sh', ['-c', command], { env: environment, encoding: 'utf8' });
		expect(stderr).toBe('');
		expect(status).toBe(0);
	}

	/** Every row of every table, and how far every sequence and every migration is. */
	async function contentOf(server: PostgresServer, { database }: PostgresPlace): Promise<Record<string, unknown>> {
		const tables = await server.query(database, `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'hybrid_coordinator' ORDER BY 1`);
		const content: Record<string, unknown> = {};
		for (const { name } of tables) content[String(name)] = await server.query(database, `SELECT * FROM hybrid_coordinator."${name}" AS t ORDER BY t::text`);
		content.sequences = await server.query(database, `SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'hybrid_coordinator' ORDER BY 1`);
		content.indexes = await server.query(database, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'hybrid_coordinator' ORDER BY 1`);
		return content;
	}

	/** A member who made calls and heard what became of answers, all of it delivered. */
	async function member(server: PostgresServer, place: PostgresPlace, dataDirectory: string, ids: readonly string[]) {
		const { room } = await openTeam({ dataDirectory, place, password: server.password });
		const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(join(dataDirectory, 'knowledge.db'));
		migrate(database, KNOWLEDGE_MIGRATIONS, { path: '', backup: () => undefined });
		const outcomes = room.mirror(new EmbeddedOutcomeStore(database));
		for (const id of ids) {
			room.record([row(id)]);
			await outcomes.addSignals([{ interactionId: id, id: `signal-${id}`, kind: 'thumbs', value: 1, timeMs: Date.now(), source: 'user', subject: '' }]);
			room.settled({ interactionId: id, timeMs: Date.now(), label: 'success', probability: 0.9, userFeedback: 1 });
		}
		await expect.poll(async () => room.state(), waitFor).toMatchObject({ waiting: 0, problem: null });
		return {
			room,
			close: async () => {
				await room.close();
				database.close();
			},
		};
	}

	describe("a back-up of a team's database", () => {
		it('is dumped and restored into another server by the lines of the scripts, with ledger, outcomes, migrations and sequences whole', async () => {
			using folder = temporaryFolder();
			using dump = temporaryFolder();
			const [from, to] = [await first.createDatabase(), await second.createDatabase()];
			const ada = await member(first, from, folder.path, ['a', 'b', 'c']);
			const before = await contentOf(first, from);
			runLine('backup.sh', 'pg_dump', first, from, dump.join('postgres.dump'));
			runLine('restore.sh', 'pg_restore', second, to, dump.join('postgres.dump'));
			expect(await contentOf(second, to)).toEqual(before);
			for (const table of ['calls', 'signals', 'settled', 'migrations']) expect(before[table], table).not.toEqual([]);
			const report = await ada.room.report({ sinceMs: null });
			await ada.close();

			// The same member goes on at the server that took its place: rows come after those that are there, and the report counts both.
			using next = temporaryFolder();
			const grace = await member(second, to, next.path, ['d']);
			const { members } = await grace.room.report({ sinceMs: null });
			await grace.close();
			expect(members.map(({ calls }) => calls).sort()).toEqual([1, 3]);
			expect(members.find(({ calls }) => calls === 3)).toEqual({ ...report.members[0], isOwn: false });
			expect(await second.query(to.database, 'SELECT id FROM hybrid_coordinator.calls ORDER BY row')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }]);
		}, 120_000);

		it('takes the place of what a database got since, and is refused where it is damaged', async () => {
			using folder = temporaryFolder();
			using dump = temporaryFolder();
			const place = await first.createDatabase();
			const file = dump.join('postgres.dump');
			const ada = await member(first, place, folder.path, ['a']);
			const before = await contentOf(first, place);
			runLine('backup.sh', 'pg_dump', first, place, file);
			ada.room.record([row('later')]);
			await expect.poll(async () => (await ada.room.state()).waiting, waitFor).toBe(0);
			await ada.close();
			const later = await contentOf(first, place);
			const whole = readFileSync(file);
			// One that ends in its list of contents, and one that ends in the rows, when tables were already made anew.
			for (const bytes of [2_000, whole.length - 500]) {
				writeFileSync(dump.join('damaged.dump'), whole.subarray(0, bytes));
				expect(() => runLine('restore.sh', 'pg_restore', first, place, dump.join('damaged.dump'))).toThrow();
				expect(await contentOf(first, place)).toEqual(later);
			}
			runLine('restore.sh', 'pg_restore', first, place, file);
			expect(await contentOf(first, place)).toEqual(before);
		}, 120_000);
	});
}
