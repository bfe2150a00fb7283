import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf, distributionOf, periodsOf } from '#core/metrics/dashboard';
import { SLOT_MS } from '#core/metrics/questionLedger';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('the periods of the dashboard', () => {
	it('are the days of the user’s calendar, today included', () => {
		// Kathmandu: 345 minutes ahead of UTC.
		const { step, bounds } = periodsOf(Date.UTC(2026, 2, 1, 12), Date.UTC(2026, 2, 3, 20), () => 345);
		expect(step).toBe('day');
		expect(bounds).toEqual([1, 2, 3, 4, 5].map((day) => Date.UTC(2026, 2, day) - 345 * 60_000));
	});

	it('know days of 23 and 25 hours', () => {
		// Central Europe in 2026: forward on 29 March, back on 25 October.
		const offset = (timeMs: number) => (timeMs >= Date.UTC(2026, 2, 29, 1) && timeMs < Date.UTC(2026, 9, 25, 1) ? 120 : 60);
		const lengths = (from: number, to: number) =>
			periodsOf(from, to, offset).bounds.flatMap((end, index, all) => (index === 0 ? [] : [(end - (all[index - 1] ?? 0)) / HOUR]));
		expect(lengths(Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 2, 30, 12))).toEqual([24, 23, 24]);
		expect(lengths(Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 9, 26, 12))).toEqual([24, 25, 24]);
	});

	it('are weeks where there were too many days, the last one a whole one that ends today', () => {
		const now = Date.UTC(2026, 5, 15, 9);
		const { step, bounds } = periodsOf(now - 100 * DAY, now, () => 0);
		expect(step).toBe('week');
		expect(bounds.at(-1)).toBe(Date.UTC(2026, 5, 16));
		expect((bounds.at(-1) ?? 0) - (bounds.at(-2) ?? 0)).toBe(7 * DAY);
		expect(bounds[0]).toBeLessThanOrEqual(now - 100 * DAY);
	});

	it('ascend in whole slots and hold the range, whatever the zone', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: DAY }), fc.integer({ min: -48, max: 56 }), (days, ms, quarters) => {
				const now = Date.UTC(2026, 6, 1) + ms;
				const { bounds } = periodsOf(now - days * DAY, now, () => quarters * 15);
				expect(bounds.every((bound, index) => bound % SLOT_MS === 0 && (index === 0 || bound > (bounds[index - 1] ?? 0)))).toBe(true);
				expect(bounds[0]).toBeLessThanOrEqual(now - days * DAY);
				expect(bounds.at(-1)).toBeGreaterThan(now);
				expect(bounds.length).toBeLessThanOrEqual(64);
			}),
		);
	});
});

describe('what no sum can tell', () => {
	it('is a distribution of values that occur', () => {
		expect(distributionOf([])).toBeNull();
		expect(distributionOf([7])).toEqual({ count: 1, p50: 7, p95: 7 });
		expect(distributionOf(Array.from({ length: 100 }, (_, i) => 100 - i))).toEqual({ count: 100, p50: 50, p95: 95 });
	});

	it('is how far predictions came true, in groups of equal size', () => {
		expect(calibrationOf([])).toBeNull();
		const judged = Array.from({ length: 100 }, (_, i) => ({ confidence: i / 100, success: i / 100 }));
		const right = calibrationOf(judged);
		expect(right?.groups.map(({ answers }) => answers)).toEqual(Array.from({ length: 10 }, () => 10));
		expect(right?.expectedError).toBeCloseTo(0, 10);
		expect(calibrationOf(judged.map(({ confidence }) => ({ confidence, success: 0 })))?.expectedError).toBeCloseTo(0.495, 10);
		expect(calibrationOf([{ confidence: 0.9, success: 0 }])).toEqual({ answers: 1, groups: [{ answers: 1, predicted: 0.9, happened: 0 }], expectedError: 0.9 });
	});
});
