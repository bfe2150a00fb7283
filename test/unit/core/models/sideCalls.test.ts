import { describe, expect, test } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import type { CallToAllow, LedgerRow } from '#core/metrics/ledger';
import { type SideCallPlan, SideCalls } from '#core/models/sideCalls';
import { createManualClock } from '../../../support/manualClock.ts';

const PRICE = { inputUsdPerMillion: 10, outputUsdPerMillion: 20, asOf: '2026-11-01', source: 'user' } as const;

describe('a call that answers no question', () => {
	function open(isAllowed = true) {
		const rows: LedgerRow[] = [];
		const asked: CallToAllow[] = [];
		const allow = async (call: CallToAllow) => {
			asked.push(call);
			return isAllowed ? { maxOutputTokens: 7 } : null;
		};
		const clock = createManualClock();
		const calls = new SideCalls({ record: (more) => void rows.push(...more), allow }, clock, () => 'call-1');
		return { calls, rows, asked, clock };
	}
	const plan = (isRemote: boolean, more: Partial<SideCallPlan> = {}): SideCallPlan => ({
		purpose: 'test',
		model: { id: 'm', label: 'M', isRemote, price: PRICE, contextTokens: 100 },
		prompt: 'one two three',
		maxOutputTokens: 64,
		...more,
	});

	test('is noted with what its server counted, how long it took, and for whom it was made', async () => {
		const { calls, rows, asked, clock } = open();
		const value = await calls.make(plan(true, { interactionId: 'i', workspaceId: 'w' }), async (maxOutputTokens, heard) => {
			clock.advance(30);
			heard.firstTokenMs = 10;
			heard.usage = { inputTokens: 100, outputTokens: 5, isEstimate: false };
			return maxOutputTokens;
		});
		expect(value).toBe(7);
		expect(asked).toEqual([{ id: 'call-1', promptTokens: 3, price: PRICE, contextTokens: 100, maxOutputTokens: 64 }]);
		expect(rows).toMatchObject([{ id: 'call-1', interactionId: 'i', workspaceId: 'w', purpose: 'test', target: 'remote', totalMs: 30, firstTokenMs: 10, result: 'ok' }]);
		expect(rows[0]).toMatchObject({ inputTokens: 100, outputTokens: 5, isEstimate: false, costUsd: 0.0011, priceAsOf: '2026-11-01', counterfactualUsd: null });
	});

	test('of this machine asks nobody for leave, and is one of its own where it was made for no interaction', async () => {
		const { calls, rows, asked } = open(false);
		expect(await calls.make(plan(false), async (maxOutputTokens) => maxOutputTokens)).toBe(64);
		expect(asked).toEqual([]);
		expect(rows).toMatchObject([{ interactionId: 'call-1', workspaceId: null, target: 'local', inputTokens: 3, isEstimate: true }]);
	});

	test('is not made where the limits do not leave its price, nor for a signal that has fired', async () => {
		const { calls, rows } = open(false);
		const never = () => Promise.reject(new Error('It was made.'));
		await expect(calls.make(plan(true), never)).rejects.toMatchObject({ code: 'over-budget' });
		await expect(calls.make(plan(true, { signal: AbortSignal.abort() }), never)).rejects.toMatchObject({ code: 'cancelled' });
		expect(rows).toEqual([]);
	});

	test.each<[string, boolean, CoordinatorError, string, LedgerRow['result'], number, number]>([
		['refused takes nothing', true, new CoordinatorError('unauthorized', 'No.'), '', 'failed', 0, 0],
		['that timed out elsewhere was begun there', true, new CoordinatorError('server-timeout', 'Late.'), '', 'failed', 3, 0],
		['cancelled elsewhere was begun there', true, new CoordinatorError('cancelled', 'Enough.'), '', 'cancelled', 3, 0],
		['cancelled here before its first word may not have been begun', false, new CoordinatorError('cancelled', 'Enough.'), '', 'cancelled', 0, 0],
		['that failed in the middle has taken what was heard', false, new CoordinatorError('server-error', 'Oh.'), 'four five', 'failed', 3, 2],
	])('%s', async (_, isRemote, failure, text, result, inputTokens, outputTokens) => {
		const { calls, rows } = open();
		const made = calls.make(plan(isRemote), async (_max, heard) => {
			heard.text = text;
			throw failure;
		});
		await expect(made).rejects.toBe(failure);
		expect(rows).toMatchObject([{ result, inputTokens, outputTokens, isEstimate: inputTokens > 0 }]);
	});
});
