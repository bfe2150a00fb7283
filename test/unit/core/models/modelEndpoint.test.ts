import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import type { LanguageModel, ModelPart } from '#core/models/languageModel';
import { ModelEndpoint } from '#core/models/modelEndpoint';
import { createManualClock, type ManualClock } from '../../../support/manualClock.ts';
import { PLAIN_INFO } from '../../../support/modelInfo.ts';

type Step = ModelPart | CoordinatorError | Promise<void>;
const END: ModelPart = { type: 'end', reason: 'stop', usage: { inputTokens: 5, outputTokens: 11, isEstimate: false } };
const HELLO: ModelPart = { type: 'delta', text: 'Hello' };
const failure = (code: ErrorCode, details: Record<string, string | number> = {}) =>
	new CoordinatorError(code, `It failed: ${code}.`, { isRetryable: code !== 'unauthorized', details });

/** A model whose calls go by their scripts, one after another. */
function scripted(...scripts: readonly (readonly Step[])[]): LanguageModel & { calls: number } {
	const model = {
		id: 'openai:x/m',
		label: 'M',
		destination: 'this machine',
		isRemote: false,
		contextTokens: null,
		info: PLAIN_INFO,
		calls: 0,
		async *stream(): AsyncGenerator<ModelPart> {
			for (const step of scripts[Math.min(model.calls++, scripts.length - 1)] ?? []) {
				if (step instanceof CoordinatorError) throw step;
				if (step instanceof Promise) await step;
				else yield step;
			}
		},
	};
	return model;
}

async function ask(model: LanguageModel, options: Parameters<LanguageModel['stream']>[1] = {}): Promise<ModelPart[]> {
	const parts: ModelPart[] = [];
	for await (const part of model.stream([{ role: 'user', text: 'Hi' }], options)) parts.push(part);
	return parts;
}

describe('an endpoint', () => {
	let clock: ManualClock;
	beforeEach(() => {
		clock = createManualClock();
		// The breaker's library reads the system's clock.
		vi.useFakeTimers({ toFake: ['Date'], now: 0 });
	});
	afterEach(() => vi.useRealTimers());
	const endpoint = (isLocal = true) => new ModelEndpoint({ key: 'http://127.0.0.1:1', isLocal, concurrency: isLocal ? 1 : Number.POSITIVE_INFINITY, clock });
	const pass = (ms: number) => {
		clock.advance(ms);
		vi.setSystemTime(Date.now() + ms);
	};

	test('of this machine serves one at a time, in order, and tells the others their place', async () => {
		const place = endpoint();
		let release: () => void = () => undefined;
		const gate = new Promise<void>((resolve) => (release = resolve));
		const model = place.wrap(scripted([gate, HELLO, END], [HELLO, END]));
		const positions: Record<string, number[]> = { b: [], c: [] };
		const order: string[] = [];
		const run = async (name: string) => {
			await ask(model, { onQueued: (position) => positions[name]?.push(position) });
			order.push(name);
		};
		const all = [run('a'), run('b'), run('c')];
		await vi.waitFor(() => expect(place.health).toMatchObject({ running: 1, queued: 2 }));
		release();
		await Promise.all(all);
		expect(order).toEqual(['a', 'b', 'c']);
		expect(positions).toEqual({ b: [1, 0], c: [2, 1, 0] });
		expect(place.health).toMatchObject({ running: 0, queued: 0, state: 'up', errorCode: null });
	});

	test('who cancels while waiting leaves the queue, and those behind move up', async () => {
		const place = endpoint();
		let release: () => void = () => undefined;
		const gate = new Promise<void>((resolve) => (release = resolve));
		const scripts = scripted([gate, END], [HELLO, END]);
		const model = place.wrap(scripts);
		const first = ask(model);
		const controller = new AbortController();
		const second = ask(model, { signal: controller.signal });
		const positions: number[] = [];
		const third = ask(model, { onQueued: (position) => positions.push(position) });
		await vi.waitFor(() => expect(place.health.queued).toBe(2));
		controller.abort();
		await expect(second).rejects.toMatchObject({ code: 'cancelled' });
		release();
		await Promise.all([first, third]);
		expect(positions).toEqual([2, 1, 0]);
		expect(scripts.calls).toBe(2);
	});

	test('a reader that stops early, and a failure, give their place back', async () => {
		const place = endpoint();
		const model = place.wrap(scripted([HELLO, END], [failure('not-found')], [HELLO, END]));
		for await (const _ of model.stream([], {})) break;
		await expect(ask(model)).rejects.toMatchObject({ code: 'not-found' });
		expect(await ask(model)).toHaveLength(2);
		expect(place.health.running).toBe(0);
	});

	test.each<ErrorCode>(['server-unreachable', 'server-timeout', 'server-error'])(
		'after three times %s it is left alone for a while, then tried once, and longer if that fails',
		async (code) => {
			const place = endpoint(false);
			const scripts = scripted([failure(code)], [failure(code)], [failure(code)], [failure(code)], [HELLO, END]);
			const model = place.wrap(scripts);
			for (let i = 0; i < 3; i++) await expect(ask(model)).rejects.toMatchObject({ code });
			expect(place.health).toMatchObject({ state: 'down', errorCode: code });
			await expect(ask(model)).rejects.toMatchObject({ code, isRetryable: true, details: { isLeftAlone: true, retryAfterSeconds: 2 } });
			expect(scripts.calls).toBe(3);
			pass(2_000);
			await expect(ask(model)).rejects.toMatchObject({ code });
			expect(scripts.calls).toBe(4);
			await new Promise(setImmediate);
			await expect(ask(model)).rejects.toMatchObject({ details: { isLeftAlone: true, retryAfterSeconds: 4 } });
			pass(4_000);
			expect(await ask(model)).toHaveLength(2);
			expect(place.health).toMatchObject({ state: 'up', errorCode: null });
		},
	);

	test('a probe that is answered ends the pause; a clock that is set back does not prolong it', async () => {
		const place = endpoint(false);
		const scripts = scripted([failure('server-unreachable')], [failure('server-unreachable')], [failure('server-unreachable')], [HELLO, END]);
		const model = place.wrap(scripts);
		for (let i = 0; i < 3; i++) await ask(model).catch(() => undefined);
		clock.advance(-3_600_000);
		expect(await ask(model)).toHaveLength(2);
		place.probed(failure('server-unreachable'));
		place.probed(null);
		expect(await ask(model)).toHaveLength(2);
	});

	test('what is wrong with a request or a key does not count against the place, but a refused key makes it down', async () => {
		const place = endpoint(false);
		const scripts = scripted(
			[failure('context-too-long')],
			[failure('context-too-long')],
			[failure('context-too-long')],
			[failure('context-too-long')],
			[failure('unauthorized')],
		);
		const model = place.wrap(scripts);
		for (let i = 0; i < 4; i++) await ask(model).catch(() => undefined);
		expect(scripts.calls).toBe(4);
		expect(place.health).toMatchObject({ state: 'unknown', errorCode: 'context-too-long' });
		await ask(model).catch(() => undefined);
		expect(place.health).toMatchObject({ state: 'down', errorCode: 'unauthorized' });
	});

	test('a paid server that names a time is not asked before, by that model alone', async () => {
		const place = endpoint(false);
		const scripts = scripted([failure('rate-limited', { retryAfterSeconds: 7 })], [HELLO, END]);
		const model = place.wrap(scripts);
		const other = place.wrap({ ...scripted([HELLO, END]), id: 'openai:x/other' });
		await expect(ask(model)).rejects.toMatchObject({ code: 'rate-limited' });
		await expect(ask(model)).rejects.toMatchObject({ code: 'rate-limited', details: { retryAfterSeconds: 7, isLeftAlone: true } });
		expect(scripts.calls).toBe(1);
		expect(await ask(other)).toHaveLength(2);
		await expect(ask(model)).rejects.toMatchObject({ code: 'rate-limited', details: { isLeftAlone: true } });
		place.probed(null);
		await expect(ask(model)).rejects.toMatchObject({ code: 'rate-limited' });
		expect(scripts.calls).toBe(1);
		pass(7_000);
		expect(await ask(model)).toHaveLength(2);
	});

	test.each([
		['busy with another window', failure('rate-limited'), 500],
		['loading its model', failure('server-error', { status: 503 }), 500],
		['busy, and says for how long', failure('rate-limited', { retryAfterSeconds: 3 }), 3_000],
	])('a server of this machine that is %s is asked again', async (_, busy, waitMs) => {
		const scripts = scripted([busy], [HELLO, END]);
		const answer = ask(endpoint().wrap(scripts));
		await vi.waitFor(() => expect(clock.waiting).toBe(1));
		pass(waitMs);
		expect(await answer).toHaveLength(2);
		expect(scripts.calls).toBe(2);
	});

	test('after its first word no answer is asked for again', async () => {
		const scripts = scripted([HELLO, failure('server-error', { status: 503 })], [HELLO, END]);
		await expect(ask(endpoint().wrap(scripts))).rejects.toMatchObject({ code: 'server-error' });
		expect(scripts.calls).toBe(1);
	});

	test('measures the median of first tokens and speeds; a clock that jumps back gives no figure', async () => {
		const place = endpoint();
		const timed = (firstMs: number, restMs: number): LanguageModel => ({
			...scripted(),
			async *stream() {
				clock.advance(firstMs);
				yield HELLO;
				clock.advance(restMs);
				yield END;
			},
		});
		expect(place.health).toMatchObject({ firstTokenMs: null, tokensPerSecond: null });
		for (const [first, rest] of [
			[100, 1_000],
			[300, 2_000],
			[200, 500],
		] as const)
			await ask(place.wrap(timed(first, rest)));
		expect(place.health).toMatchObject({ firstTokenMs: 200, tokensPerSecond: 10 });
		await ask(place.wrap(timed(-5_000, -5_000)));
		expect(place.health).toMatchObject({ firstTokenMs: 200, tokensPerSecond: 10 });
	});
});
