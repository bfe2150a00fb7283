import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, it, test } from 'vitest';
import { startForwarder } from '../support/forwarder.ts';
import { ledgerRow } from '../support/ledgerRows.ts';
import { startPostgres } from '../support/postgres/postgresServer.ts';
import { openTeam } from '../support/postgres/teamPorts.ts';
import { temporaryFolder } from '../support/workspace.ts';

const started = await startPostgres([], ['pg_basebackup']);
if ('reason' in started) test.skip(`a team's database that a stand-by takes over (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());

	it('a stand-by that takes over behind the same address has every figure, each once', async () => {
		using folder = temporaryFolder();
		const place = await started.createDatabase();
		const standby = await started.standby();
		const waitFor = { timeout: 60_000, interval: 100 };
		const idsAt = async (server: typeof standby) =>
			(await server.query(place.database, 'SELECT id FROM hybrid_coordinator.calls').catch(() => [])).map(({ id }) => String(id));
		let recorded = 0;
		try {
			// Of a commit that the stand-by need not confirm, nobody could say that it is there after the change.
			await started.query('postgres', "ALTER SYSTEM SET synchronous_standby_names = '*'");
			await started.query('postgres', 'SELECT pg_reload_conf()');
			const states = () => started.query('postgres', 'SELECT sync_state FROM pg_stat_replication');
			await expect.poll(states, waitFor).toEqual([{ sync_state: 'sync' }]);
			await using address = await startForwarder(place.port);
			const { room } = await openTeam({ dataDirectory: folder.path, place: { ...place, port: address.port }, password: started.password });
			const work = setInterval(() => room.record([ledgerRow(`call-${recorded++}`, { timeMs: Date.now() })]), 10);
			try {
				await expect.poll(async () => (await idsAt(standby)).length, waitFor).toBeGreaterThan(20);
				await started.kill();
				address.turnTo(standby.place(place.database).port);
				// It answers, and takes nothing yet.
				await expect.poll(async () => (await room.state()).problem, waitFor).not.toBeNull();
				const kept = await idsAt(standby);
				await setTimeout(500);
				expect(await idsAt(standby)).toEqual(kept);
				await standby.query('postgres', 'SELECT pg_promote()');
				await expect.poll(async () => (await idsAt(standby)).length, waitFor).toBeGreaterThan(kept.length + 20);
			} finally {
				clearInterval(work);
			}
			await expect.poll(async () => (await room.state()).waiting, waitFor).toBe(0);
			expect((await idsAt(standby)).sort()).toEqual(Array.from({ length: recorded }, (_, i) => `call-${i}`).sort());
			expect((await room.report({ sinceMs: null })).members).toHaveLength(1);
			await room.close();
		} finally {
			await standby.dispose();
		}
	}, 240_000);
}
