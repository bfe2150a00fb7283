import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger, LedgerFilter, LedgerRow } from '#core/metrics/ledger';
import { anyLedgerRows, collectRows, ledgerRow } from '../support/ledgerRows.ts';

const FILTERS: readonly LedgerFilter[] = [
	{},
	{ workspaceId: 'w1' },
	{ workspaceId: null },
	{ isRemote: true },
	{ purpose: 'answer', result: 'ok' },
	{ modelId: 'a', isControl: false },
	{ target: 'hybrid', isCacheHit: true },
	{ interactionId: 'i1' },
];

/** What every ledger promises. `open` gives an empty one, `reopen` the same one closed and opened again. */
export function describeLedger(name: string, open: () => Promise<{ readonly ledger: Ledger; reopen(): Promise<Ledger>; dispose(): Promise<void> }>): void {
	describe(name, () => {
		let opened: Awaited<ReturnType<typeof open>>;
		beforeEach(async () => {
			opened = await open();
		});
		afterEach(() => opened.dispose());

		test('gives back what was recorded, also after opening again', async () => {
			const rows = [
				ledgerRow('a'),
				ledgerRow('b', {
					timeMs: 2_000,
					retryOf: 'i-a',
					workspaceId: null,
					isRemote: true,
					isEstimate: true,
					costUsd: 0.000_000_038,
					priceAsOf: '2026-02-01',
					firstTokenMs: null,
					isCacheHit: true,
					isControl: true,
					result: 'failed',
				}),
				ledgerRow('c', { timeMs: 3_000, costUsd: null, counterfactualUsd: null, counterfactualModelId: null, counterfactualPriceAsOf: null }),
			];
			await opened.ledger.record(rows);
			expect(await collectRows(opened.ledger)).toEqual(rows.toReversed());
			expect(await collectRows(await opened.reopen())).toEqual(rows.toReversed());
		});

		test('records all rows or none, and a repeated row once', async () => {
			const { ledger } = opened;
			await ledger.record([ledgerRow('a')]);
			await ledger.record([ledgerRow('a', { inputTokens: 7 }), ledgerRow('b')]);
			for (const wrong of [{ inputTokens: -1 }, { costUsd: Number.NaN }, { totalMs: Number.POSITIVE_INFINITY }]) {
				await expect(ledger.record([ledgerRow('c'), ledgerRow('d', wrong)])).rejects.toMatchObject({ code: 'invalid-argument' });
			}
			expect((await collectRows(ledger)).map(({ id, inputTokens }) => [id, inputTokens])).toEqual([
				['b', 100],
				['a', 100],
			]);
		});

		test('sums up exactly the rows of a range and a filter', async () => {
			await fc.assert(
				fc.asyncProperty(
					anyLedgerRows,
					fc.constantFrom(...FILTERS),
					fc.option(fc.nat(50), { nil: undefined }),
					fc.option(fc.nat(50), { nil: undefined }),
					async (rows, filter, fromMs, toMs) => {
						const { ledger } = opened;
						await ledger.forget(Number.MAX_SAFE_INTEGER);
						await ledger.record(rows);
						const range = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
						const expected = rows.filter(
							(row) =>
								(fromMs === undefined || row.timeMs >= fromMs) &&
								(toMs === undefined || row.timeMs < toMs) &&
								Object.entries(filter).every(([field, value]) => row[field as keyof LedgerRow] === value),
						);
						const summary = await ledger.summary(range, filter);
						const { models, purposes, ...totals } = summary;
						expect(totals).toEqual(totalsOf(expected));
						for (const { modelId, modelLabel: _label, isRemote: _remote, ...part } of models) {
							expect(part).toEqual(totalsOf(expected.filter((row) => row.modelId === modelId)));
						}
						for (const { purpose, ...part } of purposes) expect(part).toEqual(totalsOf(expected.filter((row) => row.purpose === purpose)));
						expect(models.reduce((calls, part) => calls + part.calls, 0)).toBe(expected.length);
						const ids = (await collectRows(ledger, range, filter)).map(({ id }) => id);
						expect([...ids].sort()).toEqual(expected.map(({ id }) => id).sort());
						const { knownUsd, unknownCalls } = await ledger.spent(fromMs ?? 0);
						const since = totalsOf(rows.filter(({ timeMs }) => timeMs >= (fromMs ?? 0)));
						expect([knownUsd, unknownCalls]).toEqual([since.costUsd, since.unknownCostCalls]);
					},
				),
				{ numRuns: 60 },
			);
		});

		test('pages from the newest on; what is recorded meanwhile neither repeats nor hides a row', async () => {
			const { ledger } = opened;
			await ledger.record(Array.from({ length: 25 }, (_, i) => ledgerRow(`r${i}`, { timeMs: 1_000 + Math.floor(i / 4) })));
			const seen: string[] = [];
			let after: string | null = null;
			do {
				const page = await ledger.rows({ limit: 7, ...(after === null ? {} : { after }) });
				seen.push(...page.rows.map(({ id }) => id));
				await ledger.record([ledgerRow(`new${seen.length}`, { timeMs: 9_000 })]);
				after = page.next;
			} while (after !== null);
			expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `r${24 - i}`));
			await expect(ledger.rows({ after: '1; DROP TABLE calls' })).rejects.toMatchObject({ code: 'invalid-argument' });
		});

		test('forgets what is older, and nothing else', async () => {
			const { ledger } = opened;
			await ledger.record([1, 2, 3, 4].map((timeMs) => ledgerRow(`r${timeMs}`, { timeMs })));
			expect(await ledger.forget(3)).toBe(2);
			expect((await collectRows(ledger)).map(({ id }) => id)).toEqual(['r4', 'r3']);
			expect(await ledger.forget(3)).toBe(0);
		});

		test('names a model as its last call did', async () => {
			await opened.ledger.record([ledgerRow('a', { modelLabel: 'Old name' }), ledgerRow('b', { modelLabel: 'New name' })]);
			expect((await opened.ledger.summary()).models.map(({ modelLabel, calls }) => [modelLabel, calls])).toEqual([['New name', 2]]);
		});
	});
}

/** The totals, added up in nano-dollars. */
function totalsOf(rows: readonly LedgerRow[]) {
	const sum = (of: (row: LedgerRow) => number) => rows.reduce((total, row) => total + of(row), 0);
	return {
		calls: rows.length,
		failed: sum(({ result }) => Number(result === 'failed')),
		cancelled: sum(({ result }) => Number(result === 'cancelled')),
		cacheHits: sum(({ isCacheHit }) => Number(isCacheHit)),
		inputTokens: sum(({ inputTokens }) => inputTokens),
		outputTokens: sum(({ outputTokens }) => outputTokens),
		estimatedCalls: sum(({ isEstimate }) => Number(isEstimate)),
		costUsd: sum(({ costUsd }) => Math.round((costUsd ?? 0) * 1e9)) / 1e9,
		unknownCostCalls: sum(({ costUsd }) => Number(costUsd === null)),
		totalMs: sum(({ totalMs }) => totalMs),
	};
}
