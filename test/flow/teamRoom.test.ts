import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, test } from 'vitest';
import type { LedgerRow } from '#core/metrics/ledger';
import { EmbeddedOutcomeStore } from '#core/store/embedded/embeddedOutcomeStore';
import { KNOWLEDGE_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import type { PostgresPlace } from '#core/store/postgres';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { ledgerRow } from '../support/ledgerRows.ts';
import { startPostgres } from '../support/postgres/postgresServer.ts';
import { openTeam } from '../support/postgres/teamPorts.ts';
import { temporaryFolder } from '../support/workspace.ts';

const started = await startPostgres();
if ('reason' in started) test.skip(`figures for a team (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());
	const rooms: { close(): Promise<void> }[] = [];
	afterEach(async () => {
		await Promise.all(rooms.splice(0).map((room) => room.close()));
	});
	const open = async (dataDirectory: string, place: PostgresPlace | null, more: Partial<Parameters<typeof openTeam>[0]> = {}) => {
		const team = await openTeam({ dataDirectory, place, password: started.password, ...more });
		rooms.push(team.room);
		return team;
	};
	const ask = (place: PostgresPlace, sql: string) => started.query(place.database, sql);
	const idsAt = async (place: PostgresPlace) => (await ask(place, 'SELECT id FROM hybrid_coordinator.calls ORDER BY row').catch(() => [])).map(({ id }) => id);
	/** A call of now: what is older than the database keeps goes at once. */
	const row = (id: string, more: Partial<LedgerRow> = {}) => ledgerRow(id, { timeMs: Date.now(), ...more });
	const waitFor = { timeout: 30_000, interval: 100 };

	describe('figures for a team', () => {
		it('are kept nowhere where no database is set', async () => {
			using folder = temporaryFolder();
			const { room } = await open(folder.path, null);
			room.record([row('a')]);
			expect(existsSync(folder.join('outbox.db'))).toBe(false);
			expect(await room.state()).toEqual({ database: null, userId: null, problem: null, waiting: 0, refused: 0 });
			await expect(room.report({ sinceMs: null })).rejects.toMatchObject({ code: 'not-found' });
		});

		it('arrive once, in order, under a random name, and without what they may not carry', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const { room, names, secretName } = await open(folder.path, place);
			const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(folder.join('knowledge.db'));
			migrate(database, KNOWLEDGE_MIGRATIONS, { path: '', backup: () => undefined });
			const outcomes = room.mirror(new EmbeddedOutcomeStore(database));
			const signal = { interactionId: 'i-a', value: 1, timeMs: Date.now(), source: 'user', subject: 'src/secret/plan.ts' };
			room.record([row('a'), row('b')]);
			await outcomes.recordContexts('i-a', [{ pointId: 'p', place: 'w\nsrc/secret/plan.ts\n', isUsed: true }]);
			await outcomes.addSignals([
				{ ...signal, id: 's1', kind: 'edit-applied' },
				{ ...signal, id: 's2', kind: 'edit-survived' },
			]);
			const [pending] = await outcomes.pending(1);
			room.settled({ interactionId: 'i-a', timeMs: Date.now(), label: 'success', probability: 0.9, userFeedback: 1 });
			if (pending) await outcomes.settle(pending, [{ place: 'w\nsrc/secret/plan.ts\n', success: 0.9, weight: 1, timeMs: 1 }]);
			await expect.poll(async () => (await room.state()).waiting, waitFor).toBe(0);
			expect(await ask(place, 'SELECT id, workspace_id, cost_nano_usd FROM hybrid_coordinator.calls ORDER BY row')).toEqual([
				{ id: 'a', workspace_id: null, cost_nano_usd: '0' },
				{ id: 'b', workspace_id: null, cost_nano_usd: '0' },
			]);
			expect(await ask(place, 'SELECT id, kind, subject FROM hybrid_coordinator.signals ORDER BY id')).toEqual([
				{ id: 's1', kind: 'edit-applied', subject: null },
				{ id: 's2', kind: 'edit-survived', subject: null },
			]);
			for (const table of ['pending', 'contexts', 'credits', 'names']) expect(await ask(place, `SELECT * FROM hybrid_coordinator.${table}`)).toEqual([]);
			const [member] = (await room.report({ sinceMs: null })).members;
			expect(member).toMatchObject({ isOwn: true, isNamed: false, calls: 2, signals: 2, outcomes: { heard: 1, success: 1 } });
			expect(member?.name).toBe((await room.state()).userId);
			expect(member?.name).toMatch(/^[0-9a-f-]{36}$/);
			expect(new Set(names)).toEqual(new Set([secretName]));
			// What is forgotten here is forgotten there; what was spent stays, as it does here.
			await outcomes.forget(['i-a']);
			await expect.poll(async () => (await room.state()).waiting, waitFor).toBe(0);
			expect(await ask(place, 'SELECT * FROM hybrid_coordinator.signals')).toEqual([]);
			expect((await room.report({ sinceMs: null })).members[0]).toMatchObject({ calls: 2, signals: 0, outcomes: { heard: 0 } });
			database.close();
		});

		it('carry a chosen name and workspaces where the user says so, and lose the name again', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const { room, change } = await open(folder.path, place, { team: { userName: 'Ada', shareWorkspaces: true } });
			room.record([row('a', { workspaceId: 'w1' })]);
			await expect.poll(async () => (await room.state()).waiting, waitFor).toBe(0);
			expect(await ask(place, 'SELECT workspace_id FROM hybrid_coordinator.calls')).toEqual([{ workspace_id: 'w1' }]);
			expect((await room.report({ sinceMs: null })).members.map(({ name }) => name)).toEqual(['Ada']);
			await change(place);
			await expect.poll(async () => (await ask(place, 'SELECT * FROM hybrid_coordinator.names')).length, waitFor).toBe(0);
		});

		it('wait while the server is gone, and never hold up who records them', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			await started.kill();
			const { room } = await open(folder.path, place);
			const before = performance.now();
			for (let i = 0; i < 50; i++) room.record([row(`r${i}`)]);
			expect(performance.now() - before).toBeLessThan(5_000);
			await expect.poll(async () => (await room.state()).problem, waitFor).toBe('server-unreachable');
			expect((await room.state()).waiting).toBe(50);
			await room.close();
			rooms.splice(0);
			await started.start();
			const { room: next } = await open(folder.path, place);
			await expect.poll(() => idsAt(place), waitFor).toEqual(Array.from({ length: 50 }, (_, i) => `r${i}`));
			expect(await next.state()).toMatchObject({ waiting: 0, problem: null });
		});

		it('hold up neither a record nor the end of a process while the server is frozen', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const { room } = await open(folder.path, place);
			room.record([row('a')]);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a']);
			started.freeze(true);
			try {
				room.record([row('b')]);
				await setTimeout(3_000);
				const before = performance.now();
				room.record([row('c')]);
				await room.close();
				// A few seconds is what the end may take; a frozen server would answer never.
				expect(performance.now() - before).toBeLessThan(10_000);
			} finally {
				started.freeze(false);
			}
			rooms.splice(0);
			await open(folder.path, place);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a', 'b', 'c']);
		});

		it('wait for a server that is read-only for a while, or full, and for a password that is right', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const { room, setPassword, logged } = await open(folder.path, place);
			room.record([row('a')]);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a']);
			const problem = async () => (await room.state()).problem;
			await ask(place, `ALTER DATABASE ${place.database} SET default_transaction_read_only = on`);
			await ask(place, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hybrid-coordinator'");
			room.record([row('b')]);
			await expect.poll(problem, waitFor).toBe('database-readonly');
			await started.query('postgres', `ALTER DATABASE ${place.database} SET default_transaction_read_only = off`);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a', 'b']);
			await ask(place, "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$");
			await ask(place, 'CREATE TRIGGER full_disk BEFORE INSERT ON hybrid_coordinator.calls EXECUTE FUNCTION full_disk()');
			room.record([row('c')]);
			await expect.poll(problem, waitFor).toBe('disk-full');
			setPassword('wrong secret');
			await ask(place, 'DROP TRIGGER full_disk ON hybrid_coordinator.calls');
			await expect.poll(problem, waitFor).toBe('unauthorized');
			expect((await room.state()).waiting).toBe(1);
			setPassword(started.password);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a', 'b', 'c']);
			for (const secret of ['wrong secret', started.password]) expect(logged.join('\n')).not.toContain(secret);
		});

		it('come through behind a row that the database can never take, which is set aside', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const { room } = await open(folder.path, place);
			room.record([row('a'), row('b'), row('impossible', { inputTokens: 1e30 }), row('c')]);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a', 'b', 'c']);
			expect(await room.state()).toMatchObject({ waiting: 0, refused: 1 });
		});

		it('that wait for one database are never sent to another', async () => {
			using folder = temporaryFolder();
			const [first, second] = [await started.createDatabase(), await started.createDatabase()];
			const { room, change } = await open(folder.path, { ...first, port: 1 });
			room.record([row('a')]);
			await change(second);
			room.record([row('b')]);
			await expect.poll(() => idsAt(second), waitFor).toEqual(['b']);
			await change({ ...first, port: 1 });
			expect((await room.state()).waiting).toBe(1);
		});

		it('arrive from a member with the rights that docs/team.md gives, and old ones go', async () => {
			using folder = temporaryFolder();
			using ownerFolder = temporaryFolder();
			const place = await started.createDatabase();
			const { room: owner } = await open(ownerFolder.path, place);
			await owner.report({ sinceMs: null });
			const [, rights = ''] = [...readFileSync(join(repositoryRoot, 'docs/team.md'), 'utf8').matchAll(/```sql\n([^`]+)```/g)].map(([, sql]) => sql);
			await ask(place, rights.replace(/^\\c .*$/m, ''));
			const { room } = await open(folder.path, { ...place, user: 'hybrid_member' }, { password: '…', team: { userName: 'Ada' } });
			room.record([row('old', { timeMs: Date.now() - 500 * 86_400_000 }), row('a')]);
			room.settled({ interactionId: 'i-a', timeMs: Date.now(), label: 'success', probability: 0.9, userFeedback: 1 });
			await expect.poll(async () => (await room.state()).waiting, waitFor).toBe(0);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a']);
			expect((await room.report({ sinceMs: null })).members).toMatchObject([{ name: 'Ada', calls: 1, outcomes: { success: 1 } }]);
		});

		it('stay here while the workspace is not trusted', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const { room, change } = await open(folder.path, null);
			await change(place, {}, false);
			room.record([row('a')]);
			await setTimeout(3_000);
			expect([await idsAt(place), (await room.state()).waiting]).toEqual([[], 1]);
			await change(place);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a']);
		});

		it('are kept for a version that knows a newer schema', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const { room } = await open(folder.path, place);
			room.record([row('a')]);
			await expect.poll(() => idsAt(place), waitFor).toEqual(['a']);
			await room.close();
			rooms.splice(0);
			await ask(place, 'UPDATE hybrid_coordinator.schema_versions SET version = 99');
			const { room: next } = await open(folder.path, place);
			next.record([row('b')]);
			await expect.poll(async () => (await next.state()).problem, waitFor).toBe('database-newer');
			expect([await idsAt(place), (await next.state()).waiting]).toEqual([['a'], 1]);
		});

		it('are all there, each once, after coordinators and the server were killed again and again', async () => {
			using folder = temporaryFolder();
			const place = await started.createDatabase();
			const acknowledged = new Set<string>();
			const start = (name: string): ChildProcess => {
				const parameters = [folder.path, name, JSON.stringify(place), started.password];
				const child = fork(join(repositoryRoot, 'test/support/teamChild.ts'), parameters, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
				child.on('message', (id: string) => acknowledged.add(id));
				return child;
			};
			for (let round = 0; round < 3; round++) {
				const children = ['a', 'b'].map((name) => start(`${name}${round}-`));
				await Promise.all(children.map((child) => once(child, 'message')));
				await setTimeout(1_200);
				await started.kill();
				await setTimeout(500);
				const ended = children.map((child) => once(child, 'exit'));
				await started.start();
				await setTimeout(2_500);
				for (const child of children) child.kill('SIGKILL');
				await Promise.all(ended);
			}
			const early = (await idsAt(place)).length;
			const { room } = await open(folder.path, place);
			await expect.poll(async () => (await room.state()).waiting, { timeout: 60_000, interval: 200 }).toBe(0);
			const ids = await idsAt(place);
			expect(early).toBeGreaterThan(0);
			expect(acknowledged.size).toBeGreaterThan(300);
			expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
			expect(new Set(ids).size).toBe(ids.length);
			expect((await room.report({ sinceMs: null })).members).toHaveLength(1);
		}, 120_000);
	});
}
