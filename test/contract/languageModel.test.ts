import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createOllamaLanguageModel } from '#core/models/remote/ollamaLanguageModel';
import { createOpenaiLanguageModel } from '#core/models/remote/openaiLanguageModel';
import { json, startModelServer } from '../support/modelServer.ts';
import { languageModelContract } from './languageModel.ts';

const LIMITS = { firstTokenTimeoutMs: 20_000, totalTimeoutMs: 20_000 };

/** Shapes as Ollama 0.17.4 sends them. */
languageModelContract({
	name: 'a model of Ollama',
	open: (origin, limits) => createOllamaLanguageModel({ url: origin, name: 'smollm2:135m', contextTokens: null, fetch, limits: () => limits }),
	error: (status, message, headers) => json(status, { error: message }, headers),
	stream: (texts, after) => async (response) => {
		response.writeHead(200, { 'content-type': 'application/x-ndjson' });
		const line = (value: object) => send(response, `${JSON.stringify({ model: 'smollm2:135m', created_at: '2026-11-24T00:00:00Z', ...value })}\n`);
		for (const content of texts) await line({ message: { role: 'assistant', content }, done: false });
		if (after === 'silence') return;
		if (after === 'cut') return void response.destroy();
		const counts = after === 'end-without-usage' ? {} : { prompt_eval_count: 11, prompt_eval_duration: 5, eval_count: 3, eval_duration: 7 };
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
});

const openai = (origin: string, limits: typeof LIMITS, apiKey: string | null = null) =>
	createOpenaiLanguageModel({
		url: origin.startsWith('http://127') ? `${origin}/v1` : origin,
		name: 'smollm2',
		contextTokens: null,
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
		if (after !== 'end-without-usage') await event({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 }, timings: {} });
		await send(response, 'data: [DONE]\n\n');
		response.end();
	},
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
