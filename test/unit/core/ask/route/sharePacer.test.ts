import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharePacer } from '#core/ask/route/sharePacer';
import { mean } from '../../../../../bench/support/routingMetrics.ts';
import { repeatable } from '../../../../support/routes.ts';

describe('the pacer', () => {
	it('spends its share to within a few hundredths, also where all gains are alike', () => {
		fc.assert(
			fc.property(fc.double({ min: 0.05, max: 0.9, noNaN: true }), fc.boolean(), fc.integer(), (share, isAlike, seed) => {
				const random = repeatable(seed);
				const pacer = new SharePacer(random);
				const remote = Array.from({ length: 600 }, () => Number(pacer.isWorthIt(isAlike ? 0.1 : random() - 0.5, share)));
				expect(Math.abs(mean(remote) - share)).toBeLessThan(0.07);
			}),
			{ numRuns: 50 },
		);
	});

	it('spends it on the highest gains', () => {
		const random = repeatable(4);
		const pacer = new SharePacer(random);
		const decisions = Array.from({ length: 500 }, () => random()).map((gain) => ({ gain, isRemote: pacer.isWorthIt(gain, 0.3) }));
		expect(mean(decisions.filter(({ isRemote }) => isRemote).map(({ gain }) => gain))).toBeGreaterThan(0.8);
	});

	it('never spends a share of nothing, and always one of everything', () => {
		const pacer = new SharePacer(repeatable(1));
		expect([pacer.isWorthIt(9, 0), pacer.isWorthIt(-9, 1)]).toEqual([false, true]);
	});
});
