import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { type CancellationToken, createMessageConnection, type MessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { ModelPart } from '#core/models/languageModel';
import type { HostModelDelta, ServerRequests, WireError } from '#protocol/messages';
import { createHostModels } from '#server/hostModels';
import { realLanguageModelContract } from './realLanguageModel.ts';

type Ask = ServerRequests['hostModels/stream'][0];
type Send = (delta: Omit<HostModelDelta, 'streamId'>) => Promise<void>;
type Editor = (ask: Ask, send: Send, token: CancellationToken) => Promise<ServerRequests['hostModels/stream'][1]>;

const PATIENT = { firstTokenTimeoutMs: 20_000, totalTimeoutMs: 20_000 };
const CONTEXT = 2_000;
const open: MessageConnection[] = [];
afterEach(() => {
	for (const connection of open.splice(0)) connection.dispose();
});

/** The coordinator's end and the editor's, joined in memory: real messages, and an editor that does as it is told. */
async function openModel(editor: Editor, limits = PATIENT) {
	const [toEditor, toCoordinator] = [new PassThrough(), new PassThrough()];
	const coordinator = createMessageConnection(new StreamMessageReader(toCoordinator), new StreamMessageWriter(toEditor));
	const host = createMessageConnection(new StreamMessageReader(toEditor), new StreamMessageWriter(toCoordinator));
	open.push(coordinator, host);
	host.onRequest('hostModels/list', () => [{ id: 'host:copilot/gpt', label: 'GPT', vendor: 'copilot', contextTokens: CONTEXT }]);
	host.onRequest('hostModels/stream', (ask: Ask, token: CancellationToken) =>
		editor(ask, (delta) => host.sendNotification('hostModels/delta', { streamId: ask.streamId, ...delta }), token),
	);
	const port = createHostModels(coordinator, () => limits);
	host.listen();
	coordinator.listen();
	const [model] = await port.models();
	if (!model) throw new Error('There is no model.');
	return model;
}

/** An editor's model that tells a story word by word, slowly, until it is stopped. */
const storyteller: Editor = async ({ messages }, send, token) => {
	const words = messages
		.map(({ text }) => text)
		.join(' ')
		.split(/\s+/).length;
	const error: WireError = { code: 'context-too-long', message: 'too long', isRetryable: false, details: {} };
	if (words > CONTEXT) throw new ResponseError(-32_000, 'too long', error);
	await new Promise((resolve) => setTimeout(resolve, 20));
	for (let count = 0; count < 20 && !token.isCancellationRequested; count++) {
		await send({ text: `word${count} ` });
		await new Promise((resolve) => setTimeout(resolve, 15));
	}
	return { inputTokens: words, outputTokens: 20 };
};

async function collect(model: Awaited<ReturnType<typeof openModel>>, options = {}): Promise<ModelPart[]> {
	const parts: ModelPart[] = [];
	for await (const part of model.stream([{ role: 'user', text: 'Hello' }], options)) parts.push(part);
	return parts;
}

describe('a model of the editor, over the protocol', () => {
	const lazily = (limits = PATIENT) => {
		const opening = openModel(storyteller, limits);
		const model: Awaited<ReturnType<typeof openModel>> = {
			id: 'host:copilot/gpt',
			label: 'GPT',
			destination: 'copilot',
			isRemote: true,
			contextTokens: CONTEXT,
			info: { endpoint: 'host:copilot', sizeBillions: null, quantisation: null, roles: ['general'], price: null, features: { tools: true, jsonSchema: false } },
			async *stream(messages, options) {
				yield* (await opening).stream(messages, options);
			},
		};
		return model;
	};
	realLanguageModelContract('with a scripted editor', () => ({
		model: lazily(),
		withLimits: (limits) => lazily(limits),
		can: { maxOutputTokens: false, jsonSchema: false, tools: true },
	}));

	test('cancelling reaches the editor', async () => {
		let onCancelled: () => void = () => undefined;
		const cancelled = new Promise<void>((resolve) => (onCancelled = resolve));
		const model = await openModel(async (_, send, token) => {
			token.onCancellationRequested(() => onCancelled());
			await send({ text: 'Hel' });
			await cancelled;
			return { inputTokens: 1, outputTokens: 1 };
		});
		const controller = new AbortController();
		const run = async () => {
			for await (const part of model.stream([{ role: 'user', text: 'Hello' }], { signal: controller.signal })) if (part.type === 'delta') controller.abort();
		};
		await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
		await cancelled;
	});

	test('offers tools and hands on the calls; without tools it offers none and hands on none', async () => {
		const offered: string[][] = [];
		const model = await openModel(async ({ tools }, send) => {
			offered.push(tools.map(({ name }) => name));
			await send({ text: '', toolCall: { id: 'c1', name: 'find_file', input: { name: 'a.ts' } } });
			return { inputTokens: 3, outputTokens: 4 };
		});
		const tools = [{ name: 'find_file', description: '', inputSchema: { type: 'object' } }];
		expect(await collect(model, { tools })).toEqual([
			{ type: 'tool-call', call: { id: 'c1', name: 'find_file', input: { name: 'a.ts' } } },
			{ type: 'end', reason: 'stop', usage: { inputTokens: 3, outputTokens: 4, isEstimate: true } },
		]);
		expect((await collect(model)).map(({ type }) => type)).toEqual(['end']);
		expect(offered).toEqual([['find_file'], []]);
	});

	test('an editor that says nothing, or stops in the middle, is a timeout', async () => {
		const forever = new Promise<never>(() => undefined);
		const limits = { firstTokenTimeoutMs: 60, totalTimeoutMs: 20_000 };
		await expect(collect(await openModel(() => forever, limits))).rejects.toMatchObject({ code: 'server-timeout' });
		const stopping: Editor = async (_, send) => {
			await send({ text: 'Hel' });
			return forever;
		};
		await expect(collect(await openModel(stopping, limits))).rejects.toMatchObject({ code: 'server-timeout', isRetryable: true });
	});

	test('hands on the code of what the editor says', async () => {
		const error: WireError = { code: 'rate-limited', message: 'quota', isRetryable: true, details: {} };
		const model = await openModel(async () => {
			throw new ResponseError(-32_000, 'quota', error);
		});
		await expect(collect(model)).rejects.toMatchObject({ code: 'rate-limited', isRetryable: true });
	});
});
