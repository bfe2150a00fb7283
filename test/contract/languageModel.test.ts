import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createAnthropicLanguageModel } from '#core/models/remote/anthropicLanguageModel';
import { createOllamaLanguageModel } from '#core/models/remote/ollamaLanguageModel';
import { createOpenaiLanguageModel } from '#core/models/remote/openaiLanguageModel';
import { PLAIN_INFO } from '../support/modelInfo.ts';
import { json, startModelServer } from '../support/modelServer.ts';
import { languageModelContract } from './languageModel.ts';

const LIMITS = { firstTokenTimeoutMs: 20_000, totalTimeoutMs: 20_000 };

/** Shapes as Ollama 0.17.4 sends them. */
languageModelContract({
	name: 'a model of Ollama',
	open: (origin, limits) => createOllamaLanguageModel({ url: origin, name: 'smollm2:135m', contextTokens: null, info: PLAIN_INFO, fetch, limits: () => limits }),
	error: (status, message, headers) => json(status, { error: message }, headers),
	stream: (texts, after) => async (response) => {
		response.writeHead(200, { 'content-type': 'application/x-ndjson' });
		const line = (value: object) => send(response, `${JSON.stringify({ model: 'smollm2:135m', created_at: '2026-11-24T00:00:00Z', ...value })}\n`);
		for (const content of texts) await line({ message: { role: 'assistant', content }, done: false });
		if (after === 'silence') return;
		if (after === 'cut') return void response.destroy();
		const wrong = { prompt_eval_count: -4, eval_count: 0 };
		const counts =
			after === 'end-without-usage' ? {} : after === 'wrong-usage' ? wrong : { prompt_eval_count: 11, prompt_eval_duration: 5, eval_count: 3, eval_duration: 7 };
		await line({
			message: { role: 'assistant', content: '' },
			done: true,
			done_reason: after === 'length' ? 'length' : 'stop',
			total_duration: 12,
			load_duration: 1,
			...counts,
		});
		response.end();
	},
	hasJsonArguments: false,
	toolCall: (text) => async (response) => {
		response.writeHead(200, { 'content-type': 'application/x-ndjson' });
		const call = { function: { name: 'find_file', arguments: JSON.parse(text) } };
		await send(response, `${JSON.stringify({ model: 'm', message: { role: 'assistant', content: '', tool_calls: [call] }, done: false })}\n`);
		await send(
			response,
			`${JSON.stringify({ model: 'm', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 5 })}\n`,
		);
		response.end();
	},
	read: (body) => {
		const { tools = [], format } = JSON.parse(body);
		return { tools: tools.map((tool: { function: { name: string } }) => tool.function.name), schema: format };
	},
});

const openai = (origin: string, limits: typeof LIMITS, apiKey: string | null = null) =>
	createOpenaiLanguageModel({
		url: origin.startsWith('http://127') ? `${origin}/v1` : origin,
		name: 'smollm2',
		contextTokens: null,
		info: PLAIN_INFO,
		fetch,
		apiKey: async () => apiKey,
		limits: () => limits,
	});

/** Shapes as llama.cpp's server sends them, with Lemonade's comment lines. */
languageModelContract({
	name: 'a model of an OpenAI-compatible server',
	open: openai,
	error: (status, message, headers) => json(status, { error: { code: status, message, type: 'error' } }, headers),
	stream: (texts, after) => async (response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		const event = (value: object) =>
			send(response, `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'smollm2', ...value })}\n\n`);
		const choice = (delta: object, finish_reason: string | null = null) => event({ choices: [{ index: 0, delta, finish_reason }] });
		await send(response, ': ping\n\n');
		await choice({ role: 'assistant', content: null });
		for (const content of texts) await choice({ content });
		if (after === 'silence') return;
		if (after === 'cut') return void response.destroy();
		await choice({}, after === 'length' ? 'length' : 'stop');
		const usage =
			after === 'wrong-usage' ? { prompt_tokens: 0, completion_tokens: null, total_tokens: -1 } : { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 };
		if (after !== 'end-without-usage') await event({ choices: [], usage, timings: {} });
		await send(response, 'data: [DONE]\n\n');
		response.end();
	},
	hasJsonArguments: true,
	toolCall: (text) => async (response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		const choice = (delta: object, finish_reason: string | null = null) =>
			send(response, `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
		await choice({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'find_file', arguments: '' } }] });
		for (const piece of [text.slice(0, 4), text.slice(4)]) await choice({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
		await choice({}, 'tool_calls');
		await send(response, 'data: [DONE]\n\n');
		response.end();
	},
	read: (body) => {
		const { tools = [], response_format } = JSON.parse(body);
		return { tools: tools.map((tool: { function: { name: string } }) => tool.function.name), schema: response_format?.json_schema.schema };
	},
});

const anthropic = (origin: string, limits: typeof LIMITS, apiKey: string | null = 'sk-ant-1') =>
	createAnthropicLanguageModel({
		url: origin,
		name: 'claude-test',
		label: 'Claude Test',
		contextTokens: 200_000,
		maxOutputTokens: null,
		info: PLAIN_INFO,
		fetch,
		apiKey: async () => apiKey,
		limits: () => limits,
	});

/** Events in the order and shapes that Anthropic's documentation of the Messages API gives; no exchange with the paid service was recorded. */
languageModelContract({
	name: 'a model of Anthropic (exchanges written from its documentation)',
	open: anthropic,
	error: (status, message, headers) => json(status, { type: 'error', error: { type: 'api_error', message }, request_id: 'req_1' }, headers),
	stream: (texts, after) => async (response) => {
		const event = await startAnthropic(response, after === 'wrong-usage' ? 0 : 11);
		await event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
		await event('ping', {});
		for (const text of texts) await event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
		if (after === 'silence') return;
		if (after === 'cut') return void response.destroy();
		await event('content_block_stop', { index: 0 });
		const usage = after === 'end-without-usage' ? {} : { usage: { output_tokens: after === 'wrong-usage' ? -1 : 3 } };
		await event('message_delta', { delta: { stop_reason: after === 'length' ? 'max_tokens' : 'end_turn', stop_sequence: null }, ...usage });
		await event('message_stop', {});
		response.end();
	},
	hasJsonArguments: true,
	toolCall: (text) => async (response) => {
		const event = await startAnthropic(response, 11);
		await event('content_block_start', { index: 0, content_block: { type: 'tool_use', id: 'toolu_1', name: 'find_file', input: {} } });
		for (const piece of ['', text.slice(0, 4), text.slice(4)]) await event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: piece } });
		await event('content_block_stop', { index: 0 });
		await event('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 9 } });
		await event('message_stop', {});
		response.end();
	},
	read: (body) => {
		const { tools = [], output_config } = JSON.parse(body);
		return { tools: tools.map((tool: { name: string }) => tool.name), schema: output_config?.format.schema };
	},
});

async function startAnthropic(response: ServerResponse, inputTokens: number) {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	const event = (type: string, value: object) => send(response, `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`);
	const usage = { input_tokens: inputTokens, output_tokens: 0 };
	await event('message_start', {
		message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-test', content: [], stop_reason: null, stop_sequence: null, usage },
	});
	return event;
}

test('Anthropic gets key, version and system prompt where its documentation wants them, and counts what it read from its cache', async () => {
	await using server = await startModelServer(async (response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		const event = (type: string, value: object) => send(response, `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`);
		await event('message_start', {
			message: { content: [], usage: { input_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 100, output_tokens: 1 } },
		});
		await event('message_delta', { delta: { stop_reason: 'refusal' }, usage: { output_tokens: 1 } });
		await event('message_stop', {});
		response.end();
	});
	const parts: unknown[] = [];
	const messages = [
		{ role: 'system', text: 'Be brief.' },
		{ role: 'user', text: 'Hello' },
		{ role: 'user', text: 'Again' },
	] as const;
	for await (const part of anthropic(server.origin, LIMITS).stream(messages, {})) parts.push(part);
	expect(parts).toEqual([{ type: 'end', reason: 'filter', usage: { inputTokens: 107, outputTokens: 1, isEstimate: false } }]);
	expect(server.requests[0]).toMatchObject({ path: '/v1/messages', authorization: 'Bearer sk-ant-1', headers: { 'anthropic-version': '2026-10-21' } });
	expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
		system: 'Be brief.',
		messages: [{ role: 'user', content: [{ text: 'Hello' }, { text: 'Again' }] }],
	});
});

test('Anthropic without a key is asked nothing, whatever the environment holds', async () => {
	await using server = await startModelServer(json(200, {}));
	process.env.ANTHROPIC_API_KEY = 'sk-ant-from-elsewhere';
	try {
		await expect(drain(anthropic(server.origin, LIMITS, null).stream([{ role: 'user', text: 'Hello' }], {}))).rejects.toMatchObject({ code: 'unauthorized' });
	} finally {
		delete process.env.ANTHROPIC_API_KEY;
	}
	expect(server.requests).toHaveLength(0);
});

test('an overload in the middle of an Anthropic stream is a retryable error', async () => {
	await using server = await startModelServer(async (response) => {
		const event = await startAnthropic(response, 3);
		await event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
		response.end();
	});
	await expect(drain(anthropic(server.origin, LIMITS).stream([{ role: 'user', text: 'Hello' }], {}))).rejects.toMatchObject({ code: 'server-error', isRetryable: true });
});

test('a prompt that Ollama would cut without a word is refused before it is sent', async () => {
	await using server = await startModelServer(json(200, {}));
	const model = createOllamaLanguageModel({ url: server.origin, name: 'm', contextTokens: 50, info: PLAIN_INFO, fetch, limits: () => LIMITS });
	await expect(drain(model.stream([{ role: 'user', text: 'word '.repeat(100) }], {}))).rejects.toMatchObject({
		code: 'context-too-long',
		details: { contextTokens: 50 },
	});
	expect(server.requests).toHaveLength(0);
});

test('Ollama is told not to cut a prompt that is longer by its own count, and what it then says is heard (as 0.17.4 said it)', async () => {
	await using server = await startModelServer(json(400, { error: 'the input length exceeds the context length' }));
	const model = createOllamaLanguageModel({ url: server.origin, name: 'm', contextTokens: 500, info: PLAIN_INFO, fetch, limits: () => LIMITS });
	await expect(drain(model.stream([{ role: 'user', text: 'Hi' }], {}))).rejects.toMatchObject({ code: 'context-too-long', isRetryable: false });
	expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ truncate: false });
});

test('an OpenAI-compatible server gets the key, and no error repeats it', async () => {
	await using server = await startModelServer(json(401, { error: { message: 'Incorrect API key provided: sk-secret-1' } }));
	const failure = await drain(openai(server.origin, LIMITS, 'sk-secret-1').stream([{ role: 'user', text: 'Hello' }], {})).catch((error: unknown) => error);
	expect(server.requests[0]?.authorization).toBe('Bearer sk-secret-1');
	expect(failure).toMatchObject({ code: 'unauthorized' });
	expect(String(failure)).not.toContain('sk-secret-1');
});

test('an error in the middle of an OpenAI-compatible stream is an error', async () => {
	await using server = await startModelServer(async (response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		await send(response, 'data: {"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}\n\n');
		await send(response, 'data: {"error":{"message":"out of memory","type":"server_error","code":500}}\n\n');
		response.end();
	});
	await expect(drain(openai(server.origin, LIMITS).stream([{ role: 'user', text: 'Hello' }], {}))).rejects.toMatchObject({ code: 'server-error' });
});

/** Resolves when the text went to the socket, so that a cut afterwards does not swallow it. */
function send(response: ServerResponse, text: string): Promise<void> {
	return new Promise((resolve) => response.write(text, () => resolve()));
}

async function drain(parts: AsyncIterable<unknown>): Promise<void> {
	for await (const _ of parts);
}
