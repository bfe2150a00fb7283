import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBudget, startOf } from '#core/metrics/budget';
import type { LedgerRow } from '#core/metrics/ledger';
import { ledgerRow } from '../../../support/ledgerRows.ts';

const at = (text: string) => Date.parse(text);
const paid = (time: string, costUsd: number | null) => ledgerRow(time, { timeMs: at(time), costUsd, isRemote: true });
const ledgerOf = (rows: readonly LedgerRow[]) => ({
	spent: async (sinceMs: number) => {
		const since = rows.filter(({ timeMs }) => timeMs >= sinceMs);
		return { knownUsd: since.reduce((total, { costUsd }) => total + (costUsd ?? 0), 0), unknownCalls: since.filter(({ costUsd }) => costUsd === null).length };
	},
});
const budget = (rows: readonly LedgerRow[], now: string, limits: { dailyUsd?: number; monthlyUsd?: number } = {}, offsetMinutes = 0) =>
	readBudget(
		{ dailyUsd: null, monthlyUsd: null, atLimit: 'local', ...limits },
		{ ledger: ledgerOf(rows), clock: { nowMs: () => at(now) }, zoneOffsetMinutes: () => offsetMinutes },
	);

describe('the budget', () => {
	const rows = [paid('2026-03-01T12:00:00Z', 4), paid('2026-03-09T23:30:00Z', 2), paid('2026-03-10T08:00:00Z', 1), paid('2026-03-10T09:00:00Z', null)];

	it('has no end where no limit is set, and still tells what was spent', async () => {
		expect(await budget(rows, '2026-03-10T10:00:00Z')).toMatchObject({
			remainingUsd: null,
			isReached: false,
			day: { spentUsd: 1, unknownCalls: 1, limitUsd: null },
			month: { spentUsd: 7, unknownCalls: 1 },
		});
	});

	it('leaves what the tighter limit leaves, never less than nothing', async () => {
		expect(await budget(rows, '2026-03-10T10:00:00Z', { dailyUsd: 3, monthlyUsd: 20 })).toMatchObject({ remainingUsd: 2, isReached: false });
		expect(await budget(rows, '2026-03-10T10:00:00Z', { dailyUsd: 3, monthlyUsd: 7.5 })).toMatchObject({ remainingUsd: 0.5 });
		expect(await budget(rows, '2026-03-10T10:00:00Z', { dailyUsd: 0.5 })).toMatchObject({
			remainingUsd: 0,
			isReached: true,
			day: { isReached: true },
			month: { isReached: false },
		});
		expect(await budget([], '2026-03-10T10:00:00Z', { dailyUsd: 0 })).toMatchObject({ remainingUsd: 0, isReached: true });
	});

	it('begins a day where the user is, not in Greenwich', async () => {
		expect((await budget(rows, '2026-03-10T10:00:00Z', {}, 60)).day.spentUsd).toBe(3);
		expect((await budget(rows, '2026-03-10T03:00:00Z', {}, -300)).day.sinceMs).toBe(at('2026-03-09T05:00:00Z'));
		expect((await budget(rows, '2026-03-31T23:30:00Z', {}, 120)).month.sinceMs).toBe(at('2026-03-31T22:00:00Z'));
	});

	it('begins a day at midnight also when the clocks were changed since', () => {
		const changed = at('2026-03-29T01:00:00Z');
		const berlin = (timeMs: number) => (timeMs < changed ? 60 : 120);
		expect(startOf('day', at('2026-03-29T12:00:00Z'), berlin)).toBe(at('2026-03-28T23:00:00Z'));
		expect(startOf('day', at('2026-03-30T12:00:00Z'), berlin)).toBe(at('2026-03-29T22:00:00Z'));
		expect(startOf('month', at('2026-03-30T12:00:00Z'), berlin)).toBe(at('2026-02-28T23:00:00Z'));
	});

	it('does not forget what was spent when the clock jumps back, even over midnight', async () => {
		for (const now of ['2026-03-10T07:00:00Z', '2026-03-09T22:00:00Z', '2026-02-10T00:00:00Z']) {
			expect((await budget(rows, now, { dailyUsd: 1 })).isReached, now).toBe(true);
		}
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 0, max: 90 * 24 * 60 }), async (minutes) => {
				const now = '2026-03-10T10:00:00Z';
				const before = await budget(rows, now, { dailyUsd: 9, monthlyUsd: 9 });
				const after = await budget(rows, new Date(at(now) - minutes * 60_000).toISOString(), { dailyUsd: 9, monthlyUsd: 9 });
				expect(after.day.spentUsd).toBeGreaterThanOrEqual(before.day.spentUsd);
				expect(after.month.spentUsd).toBeGreaterThanOrEqual(before.month.spentUsd);
			}),
		);
	});
});
