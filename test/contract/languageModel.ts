import { describe, expect, test } from 'vitest';
import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from '#core/models/languageModel';
import type { RequestLimits } from '#core/models/remote/requestGuard';
import { bytewise, cutInCharacter } from '../support/brokenBytes.ts';
import { type Answer, json, startModelServer } from '../support/modelServer.ts';

/** How one kind of server puts the same things. */
export interface LanguageModelDialect {
	readonly name: string;
	open(origin: string, limits: RequestLimits): LanguageModel;
	/** Streams texts as this kind of server does. `after` decides how it goes on: a proper end, without its usage or with a wrong one, cut off, or in silence. */
	stream(texts: readonly string[], after: 'end' | 'length' | 'end-without-usage' | 'wrong-usage' | 'cut' | 'silence'): Answer;
	/** Streams one call of the tool `find_file`, its arguments as the text `json`. */
	toolCall(json: string): Answer;
	/** The names of the tools, and the schema of the answer, that a request's body holds. */
	read(body: string): { readonly tools: readonly string[]; readonly schema: unknown };
	/** True where the server's protocol has arguments as text that may be broken. */
	readonly hasJsonArguments: boolean;
	/** An error answer with a message, in the server's shape. */
	error(status: number, message: string, headers?: Readonly<Record<string, string>>): Answer;
}

const PATIENT: RequestLimits = { firstTokenTimeoutMs: 20_000, totalTimeoutMs: 20_000 };
const QUESTION = [{ role: 'user', text: 'Say hello. <|endoftext|>' }] as const;
const SECRET = 'prompt-text-that-must-not-be-repeated';

const TOOL = {
	name: 'find_file',
	description: 'Finds a file.',
	inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
} as const;
const SCHEMA = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'], additionalProperties: false } as const;

async function collect(model: LanguageModel, options: ModelRequestOptions = {}, messages: readonly ModelMessage[] = QUESTION): Promise<ModelPart[]> {
	const parts: ModelPart[] = [];
	for await (const part of model.stream(messages, options)) parts.push(part);
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
			await expect(collect(dialect.open(server.origin, PATIENT), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
			expect(server.requests).toHaveLength(0);
		});

		test('a server that never answers times out', async () => {
			await using server = await startModelServer(() => undefined);
			await expect(collect(dialect.open(server.origin, { ...PATIENT, firstTokenTimeoutMs: 1_000 }))).rejects.toMatchObject({ code: 'server-timeout', isRetryable: true });
			await server.closed;
		});

		test.each([
			['stall', { ...PATIENT, firstTokenTimeoutMs: 1_000 }],
			['total', { ...PATIENT, totalTimeoutMs: 1_000 }],
		])('a server that stops in the middle times out (%s)', async (limit, limits) => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'silence'));
			await expect(collect(dialect.open(server.origin, limits))).rejects.toMatchObject({ code: 'server-timeout', details: { limit } });
			await server.closed;
		});

		test('takes a wrong usage for none', async () => {
			await using server = await startModelServer(dialect.stream(['Hello'], 'wrong-usage'));
			const end = (await collect(dialect.open(server.origin, PATIENT))).at(-1);
			expect(end).toMatchObject({ type: 'end', usage: { isEstimate: true } });
			expect(end?.type === 'end' && end.usage.outputTokens).toBeGreaterThan(0);
		});

		test('puts characters together that arrive in pieces', async () => {
			await using server = await startModelServer(bytewise(dialect.stream(['wörld ', '💡', ' 日本'], 'end')));
			expect(textOf(await collect(dialect.open(server.origin, PATIENT)))).toBe('wörld 💡 日本');
		});

		test('half a character and then the end of the connection is a retryable error, and the half is not shown', async () => {
			await using server = await startModelServer(cutInCharacter(dialect.stream(['Hel', '💡'], 'end')));
			const parts: ModelPart[] = [];
			const run = async () => {
				for await (const part of dialect.open(server.origin, PATIENT).stream(QUESTION, {})) parts.push(part);
			};
			await expect(run()).rejects.toMatchObject({ name: 'CoordinatorError', isRetryable: true });
			expect(textOf(parts)).toBe('Hel');
		});

		test('without tools tells the server of none, and hands on no call', async () => {
			await using server = await startModelServer(dialect.toolCall('{"name":"a.ts"}'));
			const parts = await collect(dialect.open(server.origin, PATIENT));
			expect(dialect.read(server.requests[0]?.body ?? '').tools).toEqual([]);
			expect(parts.map(({ type }) => type)).toEqual(['end']);
		});

		test('with tools hands on the call with its parsed arguments, before the end', async () => {
			await using server = await startModelServer(dialect.toolCall('{"name":"a.ts"}'));
			const parts = await collect(dialect.open(server.origin, PATIENT), { tools: [TOOL] });
			expect(dialect.read(server.requests[0]?.body ?? '').tools).toEqual(['find_file']);
			expect(parts).toEqual([
				{ type: 'tool-call', call: { id: expect.stringMatching(/./), name: 'find_file', input: { name: 'a.ts' } } },
				{ type: 'end', reason: 'stop', usage: expect.anything() },
			]);
		});

		test.runIf(dialect.hasJsonArguments)('a call whose arguments are broken is an error, not a call', async () => {
			await using server = await startModelServer(dialect.toolCall('{"name":'));
			await expect(collect(dialect.open(server.origin, PATIENT), { tools: [TOOL] })).rejects.toMatchObject({ code: 'server-error', isRetryable: true });
		});

		test('sends the calls of an earlier answer and their results back', async () => {
			await using server = await startModelServer(dialect.stream(['Found.'], 'end'));
			const messages: ModelMessage[] = [
				{ role: 'system', text: 'Be brief.' },
				...QUESTION,
				{ role: 'assistant', text: '', toolCalls: [{ id: 'call-7', name: 'find_file', input: { name: 'a.ts' } }] },
				{ role: 'tool', text: 'src/a.ts', toolCallId: 'call-7', toolName: 'find_file' },
			];
			expect(textOf(await collect(dialect.open(server.origin, PATIENT), { tools: [TOOL] }, messages))).toBe('Found.');
			for (const word of ['Be brief.', 'find_file', 'a.ts', 'src/a.ts']) expect(server.requests[0]?.body).toContain(word);
		});

		test('hands the schema of the answer to the server', async () => {
			await using server = await startModelServer(dialect.stream(['{"answer":', '"yes"}'], 'end'));
			const parts = await collect(dialect.open(server.origin, PATIENT), { jsonSchema: SCHEMA });
			expect(dialect.read(server.requests[0]?.body ?? '').schema).toEqual(SCHEMA);
			expect(JSON.parse(textOf(parts))).toEqual({ answer: 'yes' });
		});

		test('limits the answer', async () => {
			await using server = await startModelServer(dialect.stream(['Hel'], 'length'));
			await collect(dialect.open(server.origin, PATIENT), { maxOutputTokens: 77 });
			expect(server.requests[0]?.body).toContain('77');
		});

		test.each<[number, string, ErrorCode, boolean]>([
			[401, 'bad key', 'unauthorized', false],
			[403, 'forbidden', 'unauthorized', false],
			[404, 'model not found', 'not-found', false],
			[429, 'slow down', 'rate-limited', true],
			[400, 'the request exceeds the available context size', 'context-too-long', false],
			[500, 'boom', 'server-error', true],
			[503, 'loading model', 'server-error', true],
			[529, 'overloaded', 'server-error', true],
			[413, 'request too large', 'context-too-long', false],
			[408, 'timeout', 'server-timeout', true],
			[402, 'insufficient balance', 'rate-limited', false],
			[429, 'you exceeded your current quota', 'rate-limited', false],
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

		test('hands on a date to come back at as seconds, and no wait where the server names none or one that is past', async () => {
			const failWith = async (headers: Readonly<Record<string, string>>) => {
				await using server = await startModelServer(dialect.error(429, 'slow down', headers));
				return await collect(dialect.open(server.origin, PATIENT)).catch((error: unknown) => error);
			};
			const failure = await failWith({ 'retry-after': new Date(Date.now() + 90_000).toUTCString() });
			expect(CoordinatorError.is(failure) && failure.details.retryAfterSeconds).toBeGreaterThan(80);
			for (const headers of [{}, { 'retry-after': 'soon' }, { 'retry-after': 'Thu, 01 Jan 2015 00:00:00 GMT' }] as const) {
				const error = await failWith(headers as Readonly<Record<string, string>>);
				expect(CoordinatorError.is(error, 'rate-limited') && error.details).not.toHaveProperty('retryAfterSeconds');
			}
		});

		test('a port where nobody listens is unreachable', async () => {
			const server = await startModelServer(json(200, {}));
			await server[Symbol.asyncDispose]();
			await expect(collect(dialect.open(server.origin, PATIENT))).rejects.toMatchObject({ code: 'server-unreachable', isRetryable: true });
		});

		test.each([
			['a page of HTML', 'text/html', '<html><body>router login</body></html>'],
			['nothing', 'text/event-stream', ''],
			['an empty line', 'application/x-ndjson', '\n\n'],
			['garbage', 'application/octet-stream', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a, 0x0a])],
			['broken JSON', 'text/event-stream', 'data: {"choices":[{"ind\n\n'],
			['JSON of something else', 'application/json', '{"hello":"world"}\n'],
		])('%s instead of an answer is a server error, not an empty answer', async (_, type, body) => {
			await using server = await startModelServer((response) => void response.writeHead(200, { 'content-type': type }).end(body));
			await expect(collect(dialect.open(server.origin, PATIENT))).rejects.toMatchObject({ code: 'server-error', isRetryable: true });
		});

		test('follows no redirect with the prompt in hand', async () => {
			await using target = await startModelServer(dialect.stream(['Hel'], 'end'));
			await using server = await startModelServer((response) => void response.writeHead(307, { location: target.origin }).end());
			await expect(collect(dialect.open(server.origin, PATIENT))).rejects.toMatchObject({ code: 'server-unreachable' });
			expect(target.requests).toHaveLength(0);
		});

		test('counts loopback as this machine', () => {
			expect(dialect.open('http://127.0.0.1:1', PATIENT)).toMatchObject({ isRemote: false, destination: 'this machine' });
			expect(dialect.open('https://models.example', PATIENT)).toMatchObject({ isRemote: true, destination: 'models.example' });
		});
	});
}
