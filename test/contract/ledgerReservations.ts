import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger, Reservation } from '#core/metrics/ledger';
import { ledgerRow } from '../support/ledgerRows.ts';

const reservation = (id: string, usd: number): Reservation => ({ id, owner: 'p/1', timeMs: 1_000, usd });

/** What every ledger promises of money for calls under way. */
export function describeReservations(name: string, open: () => Promise<{ readonly ledger: Ledger; reopen(): Promise<Ledger>; dispose(): Promise<void> }>): void {
	describe(name, () => {
		let opened: Awaited<ReturnType<typeof open>>;
		beforeEach(async () => {
			opened = await open();
		});
		afterEach(() => opened.dispose());

		test('sets aside what is wanted, then what is left, then nothing; spent and set aside count together', async () => {
			const { ledger } = opened;
			await ledger.record([ledgerRow('spent', { costUsd: 0.4 }), ledgerRow('before', { timeMs: 10, costUsd: 5 })]);
			const limits = [{ sinceMs: 500, limitUsd: 1 }];
			expect(await ledger.reserve(reservation('a', 0.5), 0.1, limits)).toBe(0.5);
			expect(await ledger.reserve(reservation('b', 0.5), 0.1, limits)).toBeCloseTo(0.1, 12);
			expect(await ledger.reserve(reservation('c', 0.5), 0.1, limits)).toBeNull();
			expect((await ledger.reservations()).map(({ id, usd }) => [id, usd])).toEqual([
				['a', 0.5],
				['b', 0.1],
			]);
			expect(await ledger.spent(500)).toEqual({ knownUsd: 0.4, unknownCalls: 0 });
		});

		test('keeps to the tightest of several limits, and to none where there is none', async () => {
			const { ledger } = opened;
			const limits = [
				{ sinceMs: 0, limitUsd: 9 },
				{ sinceMs: 0, limitUsd: 0.25 },
			];
			expect(await ledger.reserve(reservation('a', 1), 0, limits)).toBe(0.25);
			expect(await ledger.reserve(reservation('b', 7), 7, [])).toBe(7);
		});

		test('a row takes the place of what was set aside under its id, in one step; what is given back can be had again', async () => {
			const { ledger } = opened;
			const limits = [{ sinceMs: 0, limitUsd: 1 }];
			await ledger.reserve(reservation('a', 0.9), 0.9, limits);
			await expect(ledger.record([ledgerRow('a', { costUsd: 0.2 }), ledgerRow('wrong', { inputTokens: -1 })])).rejects.toMatchObject({ code: 'invalid-argument' });
			expect(await ledger.reservations()).toHaveLength(1);
			await ledger.record([ledgerRow('a', { costUsd: 0.2 })]);
			expect(await ledger.reservations()).toEqual([]);
			expect(await ledger.reserve(reservation('b', 0.8), 0.8, limits)).toBe(0.8);
			await ledger.release(['b', 'never there']);
			expect(await ledger.reserve(reservation('c', 0.8), 0.8, limits)).toBe(0.8);
		});

		test('is there after opening again, and of the amounts that are none takes none', async () => {
			await opened.ledger.reserve(reservation('a', 0.000_000_038), 0, []);
			const ledger = await opened.reopen();
			expect(await ledger.reservations()).toEqual([reservation('a', 0.000_000_038)]);
			for (const usd of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
				await expect(ledger.reserve(reservation('b', usd), 0, [])).rejects.toMatchObject({ code: 'invalid-argument' });
			}
		});

		test('whatever happens in whatever order, spent and set aside never exceed the limit by more than calls cost above what was set aside for them', async () => {
			const step = fc.record({ what: fc.constantFrom('reserve', 'end', 'end dearer', 'give back'), usd: fc.integer({ min: 1, max: 400 }), which: fc.nat(9) });
			let run = 0;
			await fc.assert(
				fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
					const { ledger } = opened;
					await ledger.forget(Number.MAX_SAFE_INTEGER);
					await ledger.release((await ledger.reservations()).map(({ id }) => id));
					const limitUsd = 1;
					let excessUsd = 0;
					run++;
					for (const [index, { what, usd, which }] of steps.entries()) {
						const open = await ledger.reservations();
						const one = open[which % Math.max(1, open.length)];
						if (what === 'reserve') await ledger.reserve(reservation(`${run}-${index}`, usd / 1_000), usd / 2_000, [{ sinceMs: 0, limitUsd }]);
						else if (one && what === 'give back') await ledger.release([one.id]);
						else if (one) {
							const costUsd = what === 'end' ? one.usd * 0.7 : one.usd + 0.05;
							excessUsd += Math.max(0, costUsd - one.usd);
							await ledger.record([ledgerRow(one.id, { costUsd })]);
						}
						const aside = (await ledger.reservations()).reduce((sum, entry) => sum + entry.usd, 0);
						const { knownUsd } = await ledger.spent(0);
						expect(knownUsd + aside).toBeLessThanOrEqual(limitUsd + excessUsd + 1e-6);
					}
				}),
				{ numRuns: 40 },
			);
		});
	});
}
