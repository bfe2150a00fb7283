import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { AnswerSummary, AskPart } from '#core/domain/answer';
import type { AskQuery } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { type ChatServer, startChatServer } from '../support/chatServer.ts';
import { type Answer, json, outsideAddress, startModelServer } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

const FILES = { 'src/wheel.ts': 'export function turnWheel(wheel: number): number {\n\treturn wheel * 2;\n}\n' };
const chunk = (delta: object, finish_reason: string | null = null) => `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const begin = (response: ServerResponse, text = 'Half') => {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.write(chunk({ content: text }));
};
const raw =
	(type: string, body: string | Buffer): Answer =>
	(response) =>
		void response.writeHead(200, { 'content-type': type }).end(body);

/** A local server that is ill in a way, and a remote one that is well: both real, in the whole of the product. */
describe.skipIf(outsideAddress === undefined)('a model server that', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function open(
		ill: Answer | null,
		options: { readonly hasRemote?: boolean; readonly models?: Record<string, unknown>; readonly search?: Record<string, unknown> } = {},
	) {
		const { hasRemote = true, models, search } = options;
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(FILES);
		const local = await startModelServer((response, request, body) =>
			request.method === 'GET' ? json(200, { data: [{ id: 'qwen2.5-coder-7b-instruct' }] })(response, request, body) : ill?.(response, request, body),
		);
		if (ill === null) await local[Symbol.asyncDispose]();
		else cleanUps.push(async () => local[Symbol.asyncDispose]());
		let remote: ChatServer | null = null;
		if (hasRemote) {
			remote = await startChatServer({ name: 'gpt-4.1', ...(outsideAddress ? { address: outsideAddress } : {}), reply: () => 'The remote answer.' });
			cleanUps.push(async () => remote?.[Symbol.asyncDispose]());
		}
		const { settings } = settingsFromWire({
			models: { openaiUrls: [`${local.origin}/v1`, ...(remote ? [remote.url] : [])], firstTokenTimeoutMs: 1_000, totalTimeoutMs: 3_000, ...models },
			routing: { explorationShare: 0 },
			embedding: { provider: 'none' },
			ledger: { controlShare: 0 },
			learning: { enabled: false },
			...(search ? { search } : {}),
		});
		const ports = quietPorts();
		const { coordinator } = await createCoordinator({ ports, settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		await coordinator.startIndexing();
		await coordinator.whenIdle();
		const ask = async (more: Partial<AskQuery> = {}): Promise<AnswerSummary & { readonly streamed: string }> => {
			const parts: AskPart[] = [];
			const query = { interactionId: randomUUID(), prompt: 'how does turnWheel work?', history: [], attachments: [], signals: {}, ...more };
			const summary = await coordinator.ask(query, (part) => parts.push(part));
			return { ...summary, streamed: parts.map((part) => (part.type === 'delta' ? part.text : '')).join('') };
		};
		return { coordinator, local, remote, ask };
	}
	const failures = ({ notices }: AnswerSummary) => notices.flatMap((notice) => (notice.code === 'model-failed' ? [notice.errorCode] : []));
	/** The ledger has every call, and its total is the sum of what the answers said. */
	async function expectCounted({ coordinator }: Awaited<ReturnType<typeof open>>, calls: number, failed: number) {
		const { details } = await coordinator.spending({ withDetails: true });
		expect(details).toMatchObject({ calls, failed });
	}

	it.each<[string, Answer, string]>([
		['hangs before its first word', () => undefined, 'server-timeout'],
		['hangs up before its first word', (response) => void response.destroy(), 'server-unreachable'],
		['answers garbage', raw('application/octet-stream', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a, 0x0a])), 'server-error'],
		['answers a page of HTML', raw('text/html', '<html><body>log in</body></html>'), 'server-error'],
		['answers an empty stream', raw('text/event-stream', ''), 'server-error'],
		['answers half a character and nothing more', raw('text/event-stream', Buffer.from(chunk({ content: '💡' })).subarray(0, 42)), 'server-error'],
		['refuses the key (401)', json(401, {}), 'unauthorized'],
		['forbids it (403)', json(403, {}), 'unauthorized'],
		['does not know its model any more (404)', json(404, { error: { message: 'model not found' } }), 'not-found'],
		['takes no more for now, and says for how long (429)', json(429, {}, { 'retry-after': '3600' }), 'rate-limited'],
		['is broken (500)', json(500, {}), 'server-error'],
		['is a gateway without a server (502)', json(502, {}), 'server-error'],
	])('%s costs its own answer: the next model gives one, with the reason', async (_, ill, code) => {
		const opened = await open(ill);
		const summary = await opened.ask();
		expect(summary).toMatchObject({ text: 'The remote answer.', streamed: 'The remote answer.', endReason: 'stop', model: { isRemote: true } });
		expect(failures(summary)).toEqual([code]);
		// What was refused took nothing, and is no estimate.
		expect(summary.money.isEstimate).toBe(false);
		await expectCounted(opened, 2, 1);
	});

	it('is busy, without a word for how long (429), is asked again for a while, and answers', async () => {
		let asked = 0;
		const opened = await open((response, request, body) => {
			if (++asked < 3) return json(429, {})(response, request, body);
			begin(response, 'At last.');
			response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
		});
		const summary = await opened.ask();
		expect(summary).toMatchObject({ text: 'At last.', model: { isRemote: false } });
		expect(failures(summary)).toEqual([]);
		await expectCounted(opened, 1, 0);
	});

	it.each<[string, Answer, string]>([
		[
			'dies in the middle of its answer',
			(response) => {
				begin(response);
				setTimeout(() => response.destroy(), 50);
			},
			'server-unreachable',
		],
		['hangs in the middle of its answer', (response) => begin(response), 'server-timeout'],
	])('%s keeps what it said, and says what went wrong; the same question can be asked again', async (_, ill, code) => {
		const opened = await open(ill);
		const summary = await opened.ask();
		expect(summary).toMatchObject({ text: 'Half', streamed: 'Half', endReason: 'failed', model: { isRemote: false } });
		expect(failures(summary)).toHaveLength(1);
		expect(failures(summary)[0]).toMatch(new RegExp(`${code}|server-error`));
		await expectCounted(opened, 1, 1);
		expect((await opened.coordinator.spending({ withDetails: true })).details).toMatchObject({ estimatedCalls: 1 });
		const retry = await opened.ask({ retryOf: summary.interactionId, ...(opened.remote ? { model: opened.remote.id } : {}) });
		expect(retry).toMatchObject({ text: 'The remote answer.' });
	});

	it('counts wrongly has its answer counted here, and marked so', async () => {
		const opened = await open((response) => {
			begin(response, 'Counted.');
			response.write(chunk({}, 'stop'));
			response.end(`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: -7, completion_tokens: 1e12, total_tokens: 'many' } })}\n\ndata: [DONE]\n\n`);
		});
		const { text, usage } = await opened.ask();
		expect(text).toBe('Counted.');
		expect(usage).toMatchObject({ isEstimate: true });
		expect(usage?.inputTokens).toBeGreaterThan(10);
		expect(usage?.outputTokens).toBeLessThan(10);
	});

	it.each<[string, Answer]>([
		['says that the prompt is too long (400)', json(400, { error: { message: 'the request exceeds the available context size' } })],
		['cannot take so large a request (413)', json(413, {})],
	])('%s gets less code once more, which the answer says', async (_, tooLong) => {
		let asked = 0;
		const opened = await open((response, request, body) => {
			if (++asked === 1) return tooLong(response, request, body);
			begin(response, 'Short.');
			response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
		});
		const summary = await opened.ask();
		expect(summary).toMatchObject({ text: 'Short.', model: { isRemote: false } });
		expect(summary.notices).toContainEqual({ code: 'context-shortened', tokens: expect.any(Number) });
		const [long = '', short = ''] = opened.local.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
		expect(short.length).toBeLessThan(long.length);
		await expectCounted(opened, 2, 1);
	});

	it('is not there, with no other one: the code is the answer, the server is named, and is asked again when it is back', async () => {
		const opened = await open(null, { hasRemote: false });
		const offline = await opened.ask();
		expect(offline).toMatchObject({ model: null, sentTo: [], endReason: 'stop' });
		expect(offline.text).toContain('turnWheel');
		expect(failures(offline)).toEqual(['server-unreachable']);
		expect(offline.notices).toContainEqual(expect.objectContaining({ model: `${opened.local.origin}/v1` }));
		await expectCounted(opened, 0, 0);
		expect(await opened.coordinator.modelEndpoints()).toMatchObject([{ health: { state: 'down', errorCode: 'server-unreachable' } }]);

		const back = await startModelServer(
			(response, request, body) => {
				if (request.method === 'GET') return json(200, { data: [{ id: 'qwen2.5-coder-7b-instruct' }] })(response, request, body);
				begin(response, 'Back.');
				response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
			},
			'127.0.0.1',
			Number(new URL(opened.local.origin).port),
		);
		cleanUps.push(async () => back[Symbol.asyncDispose]());
		await expect.poll(async () => (await opened.ask()).text, { timeout: 30_000, interval: 500 }).toBe('Back.');
	});

	it('is not there leaves the answer to a model elsewhere, which says so as long as nobody picked that one', async () => {
		const opened = await open(null);
		const summary = await opened.ask();
		expect(summary).toMatchObject({ text: 'The remote answer.', model: { isRemote: true } });
		expect(summary.notices).toContainEqual({
			code: 'model-failed',
			model: `${opened.local.origin}/v1`,
			message: expect.stringContaining('cannot be reached'),
			errorCode: 'server-unreachable',
		});
		const picked = await opened.ask({ prompt: 'how does turnWheel turn?', ...(opened.remote ? { model: opened.remote.id } : {}) });
		expect(picked.text).toBe('The remote answer.');
		expect(failures(picked)).toEqual([]);
	});

	it('is ill, with no other one, leaves the code as the answer', async () => {
		const opened = await open(json(500, {}), { hasRemote: false });
		const summary = await opened.ask();
		expect(summary).toMatchObject({ model: null, endReason: 'stop' });
		expect(summary.text).toContain('turnWheel');
		expect(failures(summary)).toEqual(['server-error']);
	});

	it('has a malformed price, or one of another model, has a price that is unknown and not 0', async () => {
		const opened = await open(json(500, {}), {
			models: { prices: { 'gpt-4.1': { inputUsdPerMillion: 'cheap' }, 'gpt-4': { inputUsdPerMillion: 1, outputUsdPerMillion: 1, asOf: '2026-11-01' } } },
		});
		const summary = await opened.ask();
		expect(summary).toMatchObject({ text: 'The remote answer.', money: { costUsd: null } });
		expect((await opened.coordinator.spending({ withDetails: true })).details).toMatchObject({ unknownCostCalls: 1 });
	});
});
