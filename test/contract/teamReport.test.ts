import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { augmentationEffect } from '#core/metrics/controlShare';
import { forgetOldRows } from '#core/metrics/postgres/forgetOld';
import { PostgresLedger } from '#core/metrics/postgres/postgresLedger';
import { recordSettled, setUserName } from '#core/metrics/postgres/settledRows';
import { readTeamReport } from '#core/metrics/postgres/teamReport';
import { addSavings, localSavings } from '#core/metrics/savings';
import { prepareTeamDatabase } from '#core/team/teamDatabase';
import { createPostgresEngine } from '#node/postgres/postgresEngine';
import { anyLedgerRows, ledgerRow } from '../support/ledgerRows.ts';
import { startPostgres } from '../support/postgres/postgresServer.ts';

const started = await startPostgres();
if ('reason' in started) test.skip(`the report of a team (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());
	const open = async () => {
		const place = await started.createDatabase();
		const database = createPostgresEngine().open(place, async () => started.password);
		await prepareTeamDatabase(database);
		return { database, place, ledgers: ['u1', 'u2', 'u3'].map((id) => new PostgresLedger(database, id)) };
	};
	const settled = (id: string, interactionId: string, label: 'success' | 'partial' | 'failure' | null) => ({
		id,
		interactionId,
		timeMs: 5,
		label,
		probability: 0.5,
		userFeedback: 0 as const,
	});

	test('saves for each user what the rows of that user say, and for all the sum', async () => {
		const { database, ledgers } = await open();
		await fc.assert(
			fc.asyncProperty(anyLedgerRows, anyLedgerRows, async (first, second) => {
				// Of two answers at the same time either may be the last.
				const given = [first, second].map((rows) => rows.map((row, index) => ({ ...row, timeMs: row.timeMs * 1_000 + index })));
				for (const [index, ledger] of ledgers.entries()) {
					await ledger.forget(Number.MAX_SAFE_INTEGER);
					await ledger.record(given[index] ?? []);
				}
				const report = await readTeamReport(database, { sinceMs: null, ownId: 'u2' });
				const expected = given.map((rows) => localSavings(rows));
				for (const { name, savings, calls, isOwn, isNamed } of report.members) {
					const index = name === 'u1' ? 0 : 1;
					expect(savings).toEqual(expected[index]);
					expect([calls, isOwn, isNamed]).toEqual([given[index]?.length, name === 'u2', false]);
				}
				expect(report.members).toHaveLength(given.filter(({ length }) => length > 0).length);
				expect(report.savings).toEqual(expected.reduce(addSavings, localSavings([])));
				expect(report.models.reduce((calls, model) => calls + model.calls, 0)).toBe(given.flat().length);
				expect(report.weeks.reduce((answered, week) => answered + week.answered, 0)).toBe(report.savings.answered);
			}),
			{ numRuns: 40 },
		);
		await database.close();
	});

	test('measures what augmentation does as the ledger of one user would', async () => {
		const { database, ledgers } = await open();
		const rows = Array.from({ length: 120 }, (_, i) => ledgerRow(`r${i}`, { isControl: i % 3 === 0, inputTokens: 100 + ((i * 37) % 91) + (i % 3 === 0 ? 300 : 0) }));
		await ledgers[0]?.record(rows);
		const { effect } = await readTeamReport(database, { sinceMs: null, ownId: null });
		const expected = augmentationEffect(rows);
		if (effect.status !== 'measured' || expected.status !== 'measured') throw new Error('There are enough questions.');
		expect([effect.controls, effect.augmented, effect.isClear]).toEqual([40, 80, true]);
		expect(effect.interval.low).toBeCloseTo(expected.interval.low, 8);
		expect(effect.interval.high).toBeCloseTo(expected.interval.high, 8);
		await database.close();
	});

	test('counts what became of answers at last, by user, by model and by week, and only since a time', async () => {
		const { database, ledgers } = await open();
		const day = 86_400_000;
		const monday = Date.UTC(2026, 0, 5);
		await ledgers[0]?.record([
			ledgerRow('a', { timeMs: monday - day }),
			ledgerRow('b', { timeMs: monday, modelId: 'other', modelLabel: 'Other', isRemote: true, costUsd: 0.5 }),
			ledgerRow('c', { timeMs: monday + 6 * day }),
		]);
		await ledgers[1]?.record([ledgerRow('d', { timeMs: monday + 7 * day, workspaceId: null })]);
		await recordSettled(database, 'u1', [settled('1', 'i-a', 'failure'), settled('2', 'i-b', 'partial'), settled('3', 'i-b', 'success'), settled('4', 'i-c', null)]);
		await recordSettled(database, 'u2', [settled('1', 'i-d', 'success'), settled('1', 'i-d', 'failure')]);
		const all = await readTeamReport(database, { sinceMs: null, ownId: null });
		expect(all.members.map(({ name, outcomes }) => [name, outcomes])).toEqual([
			['u1', { heard: 2, success: 1, partial: 0, failure: 1 }],
			['u2', { heard: 1, success: 1, partial: 0, failure: 0 }],
		]);
		expect(all.models.map(({ modelLabel, users, outcomes }) => [modelLabel, users, outcomes.success, outcomes.failure])).toEqual([
			['Small', 2, 1, 1],
			['Other', 1, 1, 0],
		]);
		expect(all.weeks.map(({ startMs, answered, answeredLocally }) => [startMs, answered, answeredLocally])).toEqual([
			[monday - 7 * day, 1, 1],
			[monday, 2, 1],
			[monday + 7 * day, 1, 1],
		]);
		const late = await readTeamReport(database, { sinceMs: monday + 6 * day, ownId: null });
		expect(late.members.map(({ name, calls }) => [name, calls])).toEqual([
			['u1', 1],
			['u2', 1],
		]);
		await database.close();
	});

	test('shows a user by the chosen name, and two with one name as one', async () => {
		const { database, ledgers } = await open();
		for (const ledger of ledgers) await ledger.record([ledgerRow('a')]);
		await setUserName(database, 'u1', 'Ada');
		await setUserName(database, 'u2', 'Ada');
		const named = async () =>
			(await readTeamReport(database, { sinceMs: null, ownId: 'u2' })).members.map(({ name, calls, isNamed, isOwn }) => [name, calls, isNamed, isOwn]);
		expect(await named()).toEqual([
			['Ada', 2, true, true],
			['u3', 1, false, false],
		]);
		await setUserName(database, 'u2', null);
		expect(await named()).toEqual([
			['Ada', 1, true, false],
			['u2', 1, false, true],
			['u3', 1, false, false],
		]);
		await database.close();
	});

	test('removes what the policy of the database does not keep, in batches, whatever a client thinks the time is', async () => {
		const { database, place, ledgers } = await open();
		const now = Date.now();
		await ledgers[0]?.record(Array.from({ length: 6_000 }, (_, i) => ledgerRow(`old${i}`, { timeMs: now - 11 * 86_400_000 })));
		await ledgers[0]?.record([ledgerRow('new', { timeMs: now - 9 * 86_400_000 })]);
		expect(await forgetOldRows(database)).toBe(0);
		await started.query(place.database, 'UPDATE hybrid_coordinator.policy SET retention_days = 10');
		const removed = await Promise.all([forgetOldRows(database), forgetOldRows(database)]);
		expect(removed.reduce((a, b) => a + b) + (await forgetOldRows(database))).toBe(6_000);
		expect((await ledgers[0]?.summary())?.calls).toBe(1);
		expect((await readTeamReport(database, { sinceMs: null, ownId: null })).retentionDays).toBe(10);
		await database.close();
	});
}
