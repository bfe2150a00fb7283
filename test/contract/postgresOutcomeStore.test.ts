import { afterAll, expect, test } from 'vitest';
import { migratePostgres } from '#core/store/migratePostgres';
import type { PostgresPlace } from '#core/store/postgres';
import { PostgresOutcomeStore } from '#core/store/postgres/postgresOutcomeStore';
import { TEAM_OUTCOME_MIGRATIONS } from '#core/store/postgres/schema';
import { createPostgresEngine } from '#node/postgres/postgresEngine';
import { startPostgres } from '../support/postgres/postgresServer.ts';
import { outcomeStoreContract } from './outcomeStore.ts';

const started = await startPostgres();
if ('reason' in started) test.skip(`outcomes in PostgreSQL (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());
	const databases: { close(): Promise<void> }[] = [];
	const openAt = async (place: PostgresPlace, userId = 'u1') => {
		const database = createPostgresEngine().open(place, async () => started.password);
		databases.push(database);
		await migratePostgres(database, 'outcomes', TEAM_OUTCOME_MIGRATIONS);
		return new PostgresOutcomeStore(database, userId);
	};
	const closeAll = async () => {
		await Promise.all(databases.splice(0).map((database) => database.close()));
	};

	outcomeStoreContract('the outcome store in PostgreSQL', async () => {
		const place = await started.createDatabase();
		return { store: await openAt(place), second: () => openAt(place), dispose: closeAll };
	});

	test('keeps users apart', async () => {
		const place = await started.createDatabase();
		const [a, b] = [await openAt(place, 'a'), await openAt(place, 'b')];
		const signal = { id: 's', interactionId: 'i', kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: 1 } as const;
		const added = [await a.addSignals([signal]), await b.addSignals([{ ...signal, value: -1 }])];
		expect(added.map(({ length }) => length)).toEqual([1, 1]);
		expect(await b.signals('i')).toMatchObject([{ value: -1 }]);
		await b.forgetWorkspace(null);
		expect(await a.counts()).toEqual({ signals: 1, credits: 0, pending: 1 });
		await closeAll();
	});
}
