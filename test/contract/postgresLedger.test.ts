import { afterAll, expect, test } from 'vitest';
import { PostgresLedger } from '#core/metrics/postgres/postgresLedger';
import { TEAM_METRICS_MIGRATIONS } from '#core/metrics/postgres/schema';
import { migratePostgres } from '#core/store/migratePostgres';
import type { PostgresPlace } from '#core/store/postgres';
import { createPostgresEngine } from '#node/postgres/postgresEngine';
import { collectRows, ledgerRow } from '../support/ledgerRows.ts';
import { startPostgres } from '../support/postgres/postgresServer.ts';
import { describeLedger } from './ledger.ts';

const started = await startPostgres();
if ('reason' in started) test.skip(`the ledger in PostgreSQL (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());
	const openAt = async (place: PostgresPlace, userId = 'u1') => {
		const database = createPostgresEngine().open(place, async () => started.password);
		await migratePostgres(database, 'metrics', TEAM_METRICS_MIGRATIONS);
		return { database, ledger: new PostgresLedger(database, userId) };
	};

	describeLedger('the ledger in PostgreSQL', async () => {
		const place = await started.createDatabase();
		let opened = await openAt(place);
		return {
			ledger: opened.ledger,
			reopen: async () => {
				await opened.database.close();
				opened = await openAt(place);
				return opened.ledger;
			},
			dispose: () => opened.database.close(),
		};
	});

	test('keeps users apart, and an id of one does not hide that of another', async () => {
		const place = await started.createDatabase();
		const [a, b] = [await openAt(place, 'a'), await openAt(place, 'b')];
		await a.ledger.record([ledgerRow('r', { inputTokens: 1 })]);
		await b.ledger.record([ledgerRow('r', { inputTokens: 2 })]);
		expect((await collectRows(a.ledger)).map(({ inputTokens }) => inputTokens)).toEqual([1]);
		expect(await b.ledger.forget(Number.MAX_SAFE_INTEGER)).toBe(1);
		expect((await a.ledger.summary()).calls).toBe(1);
		await Promise.all([a.database.close(), b.database.close()]);
	});

	test('keeps texts that PostgreSQL cannot hold as near as it can', async () => {
		const { database, ledger } = await openAt(await started.createDatabase());
		await ledger.record([ledgerRow('r', { modelLabel: 'a\0b \ud83d\ude80 \ud800', modelId: "'; DROP TABLE calls; --" })]);
		expect(await collectRows(ledger)).toMatchObject([{ modelLabel: 'ab 🚀 \ufffd', modelId: "'; DROP TABLE calls; --" }]);
		await database.close();
	});

	test('adds money up exactly beyond what a floating-point number could', async () => {
		const { database, ledger } = await openAt(await started.createDatabase());
		await ledger.record(Array.from({ length: 1_000 }, (_, i) => ledgerRow(`r${i}`, { costUsd: 0.000_000_001 })));
		await ledger.record([ledgerRow('large', { costUsd: 1_000_000 })]);
		expect((await ledger.spent(0)).knownUsd).toBe(1_000_000.000_001);
		await database.close();
	});
}
