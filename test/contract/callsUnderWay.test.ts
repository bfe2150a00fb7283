import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallsUnderWay, LEAST_ANSWER_TOKENS, MOST_ANSWER_TOKENS } from '#core/metrics/callsUnderWay';
import type { Ledger } from '#core/metrics/ledger';
import { openLedger } from '#core/metrics/openLedger';
import type { ProcessPort } from '#core/ports';
import { createFiles } from '#node/files';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { collectRows, ledgerRow } from '../support/ledgerRows.ts';
import { createManualClock } from '../support/manualClock.ts';
import { temporaryFolder } from '../support/workspace.ts';

const DAY = 86_400_000;
const PRICE = { inputUsdPerMillion: 2, outputUsdPerMillion: 8 };

/** Two processes with connections of their own to one ledger, and a word on who has ended. */
async function twoProcesses(dailyUsd: number | null = 1) {
	const folder = temporaryFolder();
	const clock = createManualClock();
	clock.advance(100 * DAY);
	const ended = new Set<string>();
	const ledgers: Ledger[] = [];
	const start = async (own: string) => {
		const ledger = await openLedger({ ports: { sqlite: createSqliteEngine({ assetsPath: assetsPath() }), clock, files: createFiles() }, dataDirectory: folder.path });
		ledgers.push(ledger);
		const processes: ProcessPort = { own, hasEnded: (name) => ended.has(name) };
		const settings = () => ({ dailyUsd, monthlyUsd: null, atLimit: 'local' as const });
		return { ledger, underWay: new CallsUnderWay({ ledger, clock, processes, uuid: randomUUID, settings }) };
	};
	return {
		clock,
		ended,
		a: await start('a'),
		b: await start('b'),
		start,
		async [Symbol.asyncDispose]() {
			for (const ledger of ledgers) await ledger.close();
			folder[Symbol.dispose]();
		},
	};
}
const call = (id: string, more: Partial<Parameters<CallsUnderWay['allow']>[0]> = {}) => ({ id, promptTokens: 1_000, price: PRICE, contextTokens: null, ...more });

describe('calls under way', () => {
	test('of several processes at once do not overrun a limit, whatever they cost, as long as a prompt has no more than a quarter more tokens than we count', async () => {
		const anyCall = fc.record({
			promptTokens: fc.integer({ min: 1, max: 60_000 }),
			inputUsdPerMillion: fc.constantFrom(0, 0.15, 2, 15),
			outputUsdPerMillion: fc.constantFrom(0.6, 8, 75),
			isOfA: fc.boolean(),
			share: fc.double({ min: 0, max: 1, noNaN: true }),
		});
		await using both = await twoProcesses();
		let run = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(anyCall, { minLength: 2, maxLength: 12 }), async (calls) => {
				await both.a.ledger.forget(Number.MAX_SAFE_INTEGER);
				run++;
				const allowed = await Promise.all(
					calls.map(async ({ promptTokens, isOfA, share, ...price }, index) => {
						const { underWay } = isOfA ? both.a : both.b;
						return { id: `${run}-${index}`, promptTokens, price, share, allowance: await underWay.allow(call(`${run}-${index}`, { promptTokens, price })) };
					}),
				);
				const rows = allowed.flatMap(({ id, promptTokens, price, share, allowance }) => {
					if (!allowance) return [];
					const outputTokens = Math.round((allowance.maxOutputTokens ?? Number.NaN) * share);
					const inputTokens = Math.floor(promptTokens * 1.25);
					return ledgerRow(id, { timeMs: both.clock.nowMs(), costUsd: (inputTokens * price.inputUsdPerMillion + outputTokens * price.outputUsdPerMillion) / 1e6 });
				});
				await both.b.ledger.record(rows);
				expect((await both.a.ledger.spent(0)).knownUsd).toBeLessThanOrEqual(1);
				expect(await both.a.underWay.reservedUsd()).toBe(0);
				// The totals are still the sum of the rows.
				expect((await both.a.ledger.summary()).costUsd).toBe(rows.reduce((sum, { costUsd }) => sum + Math.round((costUsd ?? 0) * 1e9), 0) / 1e9);
			}),
			{ numRuns: 60 },
		);
	});

	test('are held to the longest answer, to what is left, to the room of the model, and are not made for less than a short answer', async () => {
		await using both = await twoProcesses(0.1);
		const { underWay, ledger } = both.a;
		expect(await underWay.allow(call('a'))).toEqual({ maxOutputTokens: MOST_ANSWER_TOKENS });
		// 10 cents, less 0.25 and 6.5536 for the first: 2.9464 and the prompt's 0.25.
		expect(await both.b.underWay.allow(call('b'))).toEqual({ maxOutputTokens: Math.floor(((0.1 - 0.0025 - 8 * 0.008192 - 0.0025) * 1e6) / 8) });
		expect(await both.b.underWay.allow(call('c'))).toBeNull();
		await ledger.record([ledgerRow('a', { timeMs: both.clock.nowMs(), costUsd: 0.002 })]);
		expect(await both.b.underWay.allow(call('d', { contextTokens: 2_000 }))).toEqual({ maxOutputTokens: 1_000 });
		expect(await both.b.underWay.allow(call('e', { maxOutputTokens: 64 }))).toEqual({ maxOutputTokens: 64 });
		expect(LEAST_ANSWER_TOKENS).toBeLessThan(MOST_ANSWER_TOKENS);
	});

	test('without a limit are held to nothing, and still count where another process has one', async () => {
		await using free = await twoProcesses(null);
		expect(await free.a.underWay.allow(call('a'))).toEqual({ maxOutputTokens: null });
		expect(await free.b.underWay.reservedUsd()).toBeCloseTo(0.0025 + 8 * 0.008192, 12);
	});

	test('that are free need no money; those of unknown price need that some is left', async () => {
		await using both = await twoProcesses();
		const { underWay, ledger } = both.a;
		await ledger.record([ledgerRow('spent', { timeMs: both.clock.nowMs(), costUsd: 0.999 })]);
		expect(await underWay.allow(call('unknown', { price: null }))).toEqual({ maxOutputTokens: null });
		await ledger.record([ledgerRow('all', { timeMs: both.clock.nowMs(), costUsd: 0.5 })]);
		expect(await underWay.allow(call('unknown2', { price: null }))).toBeNull();
		expect(await underWay.allow(call('free', { price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } }))).toEqual({ maxOutputTokens: null });
	});

	test('of a process that has ended are given back by whoever asks next, those of a living one are not', async () => {
		await using both = await twoProcesses(0.07);
		expect(await both.a.underWay.allow(call('a'))).not.toBeNull();
		expect(await both.b.underWay.allow(call('b'))).toBeNull();
		both.ended.add('a');
		expect(await both.b.underWay.allow(call('b'))).not.toBeNull();
		expect(await both.b.underWay.reservedUsd()).toBeCloseTo(0.0025 + 8 * 0.008192, 12);
	});

	test('outlast every jump of the clock in their own process, and in another’s each of less than a day', async () => {
		await using both = await twoProcesses();
		await both.a.underWay.allow(call('a'));
		for (const jump of [DAY - 1, -2 * (DAY - 1)]) {
			both.clock.advance(jump);
			expect(await both.a.underWay.reservedUsd()).toBeGreaterThan(0);
			expect(await both.b.underWay.reservedUsd()).toBeGreaterThan(0);
		}
		both.clock.advance(40 * DAY);
		expect(await both.a.underWay.reservedUsd()).toBeGreaterThan(0);
		expect(await both.b.underWay.reservedUsd()).toBe(0);
	});

	test('end with the room that began them', async () => {
		await using both = await twoProcesses();
		await both.a.underWay.allow(call('a'));
		await both.b.underWay.allow(call('b'));
		await both.a.underWay.close();
		expect((await both.b.ledger.reservations()).map(({ id }) => id)).toEqual(['b']);
	});

	test('of three real processes stay under the limit together; one that is killed frees what it had set aside', async () => {
		using folder = temporaryFolder();
		const start = async (name: string): Promise<{ readonly child: ChildProcess; readonly allowed: readonly (number | null)[] }> => {
			const child = fork(join(repositoryRoot, 'test/support/reservingChild.ts'), [folder.path, name, '12'], {
				execArgv: [],
				stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
			});
			const [allowed] = (await once(child, 'message')) as [readonly (number | null)[]];
			return { child, allowed };
		};
		const [a, b] = await Promise.all([start('a'), start('b')]);
		const granted = [...a.allowed, ...b.allowed].filter((tokens) => tokens !== null);
		// 24 calls of 6 cents and more want a dollar and a half.
		expect(granted.length).toBeGreaterThan(10);
		expect(granted.length).toBeLessThan(24);
		const late = await start('late');
		expect(late.allowed.every((tokens) => tokens === null)).toBe(true);

		a.child.kill('SIGKILL');
		await once(a.child, 'exit');
		const next = await start('next');
		expect(next.allowed.filter((tokens) => tokens !== null).length).toBe(a.allowed.filter((tokens) => tokens !== null).length);
		for (const { child } of [b, late, next]) {
			const gone = once(child, 'exit');
			child.send('end');
			await gone;
		}
		const ledger = await openLedger({
			ports: { sqlite: createSqliteEngine({ assetsPath: assetsPath() }), clock: createManualClock(), files: createFiles() },
			dataDirectory: folder.path,
		});
		const { knownUsd } = await ledger.spent(0);
		expect(knownUsd).toBeGreaterThan(0.9);
		expect(knownUsd).toBeLessThanOrEqual(1);
		expect(await ledger.reservations()).toEqual([]);
		expect((await collectRows(ledger)).some(({ id }) => id.startsWith('a'))).toBe(false);
		await ledger.close();
	});
});
