import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '#core/base/errors';
import type { LanguageModel, ModelPart } from '#core/models/languageModel';
import type { RequestLimits } from '#core/models/remote/requestGuard';
import { type Answer, json, startModelServer } from '../support/modelServer.ts';

/** How one kind of server puts the same things. */
export interface LanguageModelDialect {
	readonly name: string;
	open(origin: string, limits: RequestLimits): LanguageModel;
	/** Streams texts as this kind of server does. `after` decides how it goes on: a proper end, without its usage, cut off, or in silence. */
	stream(texts: readonly string[], after: 'end' | 'length' | 'end-without-usage' | 'cut' | 'silence'): Answer;
	/** An error answer with a message, in the server's shape. */
	error(status: number, message: string, headers?: Readonly<Record<string, string>>): Answer;
}

const PATIENT: RequestLimits = { firstTokenTimeoutMs: 20_000, totalTimeoutMs: 20_000 };
const QUESTION = [{ role: 'user', text: 'Say hello. <|endoftext|>' }] as const;
const SECRET = 'prompt-text-that-must-not-be-repeated';

async function collect(model: LanguageModel, signal?: AbortSignal): Promise<ModelPart[]> {
	const parts: ModelPart[] = [];
	for await (const part of model.stream(QUESTION, signal ? { signal } : {})) parts.push(part);
	return parts;
}

const textOf = (parts: readonly ModelPart[]) => parts.map((part) => (part.type === 'delta' ? part.text : '')).join('');

/** The behaviour every remote LanguageModel owes, over real HTTP on loopback. */
export function languageModelContract(dialect: LanguageModelDialect): void {
	describe(dialect.name, () => {
		test('yields the deltas in order, then exactly one end with the usage that the server counted', async () => {
			await using server = await startModelServer(dialect.stream(['Hel', 'lo ', '💡 wörld'], 'end'));
			const parts = await collect(dialect.open(server.origin, PATIENT));
			expect(textOf(parts)).toBe('Hello 💡 wörld');
			expect(parts.filter(({ type }) => type === 'end')).toHaveLength(1);
			expect(parts.at(-1)).toEqual({ type: 'end', reason: 'stop', usage: { inputTokens: 11, outputTokens: 3, isEstimate: false } });
		});

		test('says when the answer was cut for its length', async () => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'length'));
			expect((await collect(dialect.open(server.origin, PATIENT))).at(-1)).toMatchObject({ type: 'end', reason: 'length' });
		});

		test('estimates the usage, and marks it, when the server does not count; names of special tokens are plain text', async () => {
			await using server = await startModelServer(dialect.stream(['Hello ', '<|endoftext|>'], 'end-without-usage'));
			const end = (await collect(dialect.open(server.origin, PATIENT))).at(-1);
			expect(end).toMatchObject({ type: 'end', usage: { isEstimate: true } });
			expect(end?.type === 'end' && end.usage.inputTokens).toBeGreaterThan(3);
			expect(end?.type === 'end' && end.usage.outputTokens).toBeGreaterThan(1);
		});

		test('a server that hangs up half-way is a retryable error, after what it sent', async () => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'cut'));
			const parts: ModelPart[] = [];
			const run = async () => {
				for await (const part of dialect.open(server.origin, PATIENT).stream(QUESTION, {})) parts.push(part);
			};
			await expect(run()).rejects.toMatchObject({ name: 'CoordinatorError', isRetryable: true });
			expect(textOf(parts)).toBe('Hel');
			expect(parts.some(({ type }) => type === 'end')).toBe(false);
		});

		test('cancelling ends the request down to the socket', async () => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'silence'));
			const controller = new AbortController();
			const run = async () => {
				for await (const part of dialect.open(server.origin, PATIENT).stream(QUESTION, { signal: controller.signal })) if (part.type === 'delta') controller.abort();
			};
			await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
			await server.closed;
		});

		test('a reader that stops early ends the request too', async () => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'silence'));
			for await (const _ of dialect.open(server.origin, PATIENT).stream(QUESTION, {})) break;
			await server.closed;
		});

		test('a signal that has fired already sends nothing', async () => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'end'));
			await expect(collect(dialect.open(server.origin, PATIENT), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
			expect(server.requests).toHaveLength(0);
		});

		test('a server that never answers times out', async () => {
			await using server = await startModelServer(() => undefined);
			await expect(collect(dialect.open(server.origin, { ...PATIENT, firstTokenTimeoutMs: 50 }))).rejects.toMatchObject({ code: 'server-timeout', isRetryable: true });
			await server.closed;
		});

		test('a server that stops in the middle times out', async () => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'silence'));
			await expect(collect(dialect.open(server.origin, { ...PATIENT, totalTimeoutMs: 200 }))).rejects.toMatchObject({ code: 'server-timeout' });
		});

		test.each<[number, string, ErrorCode, boolean]>([
			[401, 'bad key', 'unauthorized', false],
			[403, 'forbidden', 'unauthorized', false],
			[404, 'model not found', 'not-found', false],
			[429, 'slow down', 'rate-limited', true],
			[400, 'the request exceeds the available context size', 'context-too-long', false],
			[500, 'boom', 'server-error', true],
			[503, 'loading model', 'server-error', true],
		])('status %i (%s) is %s', async (status, message, code, isRetryable) => {
			await using server = await startModelServer(dialect.error(status, `${message} ${SECRET}`));
			const failure = await collect(dialect.open(server.origin, PATIENT)).catch((error: unknown) => error);
			expect(failure).toMatchObject({ name: 'CoordinatorError', code, isRetryable });
			expect(failure instanceof Error && failure.message).not.toContain(SECRET);
			expect(server.requests).toHaveLength(1);
		});

		test('hands on when to come back', async () => {
			await using server = await startModelServer(dialect.error(429, 'slow down', { 'retry-after': '7' }));
			await expect(collect(dialect.open(server.origin, PATIENT))).rejects.toMatchObject({ code: 'rate-limited', details: { retryAfterSeconds: 7 } });
		});

		test('a port where nobody listens is unreachable', async () => {
			const server = await startModelServer(json(200, {}));
			await server[Symbol.asyncDispose]();
			await expect(collect(dialect.open(server.origin, PATIENT))).rejects.toMatchObject({ code: 'server-unreachable', isRetryable: true });
		});

		test('an answer that is no stream at all is an error, not an empty answer', async () => {
			await using server = await startModelServer((response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>router login</html>'));
			await expect(collect(dialect.open(server.origin, PATIENT))).rejects.toMatchObject({ name: 'CoordinatorError' });
		});

		test('counts loopback as this machine', () => {
			expect(dialect.open('http://127.0.0.1:1', PATIENT)).toMatchObject({ isRemote: false, destination: 'this machine' });
			expect(dialect.open('https://models.example', PATIENT)).toMatchObject({ isRemote: true, destination: 'models.example' });
		});
	});
}
