import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openLedgerRoom } from '#core/ledgerRoom';
import { localSavings } from '#core/metrics/savings';
import { DEFAULT_SETTINGS } from '#core/settings';
import { createFiles } from '#node/files';
import { createLog } from '#node/log';
import { createProcesses } from '#node/processes';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { ledgerRow } from '../support/ledgerRows.ts';
import { createManualClock } from '../support/manualClock.ts';
import { temporaryFolder } from '../support/workspace.ts';

const DAY = 86_400_000;

async function open(folder: string) {
	const clock = createManualClock();
	clock.advance(100 * DAY);
	const ports = {
		sqlite: createSqliteEngine({ assetsPath: assetsPath() }),
		clock,
		files: createFiles(),
		log: createLog(() => undefined),
		processes: createProcesses(),
		uuid: randomUUID,
	};
	const room = await openLedgerRoom({
		ports,
		dataDirectory: folder,
		settings: () => ({ ...DEFAULT_SETTINGS, budget: { dailyUsd: 1, monthlyUsd: null, atLimit: 'local' } }),
	});
	return { clock, room };
}

describe('what was spent and saved', () => {
	it('is told for the day and in total, and stays the sum of its rows over days', async () => {
		using folder = temporaryFolder();
		const { clock, room } = await open(folder.path);
		const rows = [ledgerRow('a', { timeMs: clock.nowMs() }), ledgerRow('b', { timeMs: clock.nowMs(), isRemote: true, costUsd: 0.25 })];
		room.record(rows);
		expect(await room.summary()).toMatchObject({ today: { answered: 2, localShare: 0.5 }, total: { answered: 2 }, budget: { remainingUsd: 0.75 }, details: null });
		clock.advance(2 * DAY);
		expect(await room.summary()).toMatchObject({ today: { answered: 0, localShare: null }, total: localSavings(rows) });
		rows.push(ledgerRow('c', { timeMs: clock.nowMs() }));
		room.record(rows.slice(-1));
		const { today, total } = await room.summary();
		expect(today.answered).toBe(1);
		expect(total).toEqual(localSavings(rows));
		await room.close();
	});

	it('takes back what an answer of an earlier day saved, when its question is asked again elsewhere', async () => {
		using folder = temporaryFolder();
		const { clock, room } = await open(folder.path);
		room.record([ledgerRow('a', { timeMs: clock.nowMs() })]);
		expect((await room.summary()).total.savedUsd).toBe(0.002);
		clock.advance(2 * DAY);
		room.record([ledgerRow('b', { timeMs: clock.nowMs(), retryOf: 'i-a', isRemote: true, costUsd: 0.1 })]);
		expect((await room.summary()).total).toMatchObject({ savedUsd: 0, answered: 1, answeredLocally: 0 });
		await room.close();
	});

	it('has details that name models, unknown prices and the control share', async () => {
		using folder = temporaryFolder();
		const { clock, room } = await open(folder.path);
		room.record([
			ledgerRow('a', { timeMs: clock.nowMs() }),
			ledgerRow('b', { timeMs: clock.nowMs(), modelId: 'openai:x', modelLabel: 'X', isRemote: true, costUsd: null }),
		]);
		const { details } = await room.summary({ withDetails: true });
		expect(details).toMatchObject({ calls: 2, unknownCostCalls: 1, sinceMs: clock.nowMs(), controlShare: 0.02, effect: { status: 'not-enough-yet' } });
		expect(details?.models.map(({ modelLabel, unknownCostCalls }) => [modelLabel, unknownCostCalls])).toContainEqual(['X', 1]);
		await room.close();
	});

	it('forgets calls that are older than the settings keep, a while after the start', async () => {
		using folder = temporaryFolder();
		const { clock, room } = await open(folder.path);
		room.record([ledgerRow('old', { timeMs: 1 }), ledgerRow('new', { timeMs: clock.nowMs() + 350 * DAY })]);
		expect((await room.summary({ withDetails: true })).details?.calls).toBe(2);
		clock.advance(350 * DAY);
		await expect.poll(async () => (await room.summary({ withDetails: true })).details?.calls).toBe(1);
		await room.close();
	});
});
