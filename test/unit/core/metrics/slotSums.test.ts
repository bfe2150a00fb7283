import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stretchesOf } from '#core/metrics/sqlite/slotSums';

it('cuts periods into days, parts of a day, hours and quarters that cover each once, with the longest that fit', () => {
	// From half past ten of one day to two o’clock three days later, in UTC: whole days in the middle.
	expect(stretchesOf([42, 296])).toEqual([
		[0, 1, 42, 44],
		[0, 4, 44, 48],
		[0, 24, 48, 96],
		[0, 96, 96, 288],
		[0, 4, 288, 296],
	]);
	fc.assert(
		fc.property(fc.uniqueArray(fc.nat(2_000), { minLength: 2, maxLength: 6 }), (numbers) => {
			const bounds = numbers.toSorted((a, b) => a - b);
			const stretches = stretchesOf(bounds);
			for (const [period, from] of bounds.slice(0, -1).entries()) {
				const own = stretches.filter(([of]) => of === period);
				expect(own.map(([, , first]) => first)).toEqual([from, ...own.slice(0, -1).map(([, , , last]) => last)]);
				expect(own.at(-1)?.[3]).toBe(bounds[period + 1]);
				for (const [, span, first, last] of own) expect([first % span, last % span]).toEqual([0, 0]);
			}
			expect(stretches.length).toBeLessThanOrEqual(7 * (bounds.length - 1));
		}),
	);
});
