import { describe, expect, test } from 'vitest';
import type { ListRequest } from '#core/models/remote/askServer';
import { listModels } from '#core/models/remote/listModels';
import { type Answer, json, startModelServer } from '../../../../support/modelServer.ts';

/** Answers by path; anything else is 404. */
const byPath =
	(answers: Readonly<Record<string, unknown>>): Answer =>
	(response, request, body) => {
		const answer = answers[request.url ?? ''];
		if (answer === undefined) return json(404, {})(response, request, body);
		return json(200, typeof answer === 'function' ? answer(JSON.parse(body)) : answer)(response, request, body);
	};
const list = (kind: ListRequest['kind'], url: string, more: Partial<ListRequest> = {}) =>
	listModels({ kind, url, fetch, timeoutMs: 5_000, ollamaContextTokens: 8_192, ...more });

describe('what a server says of its models', () => {
	test('Ollama (shapes as 0.17.4 sends them): size, quantisation, context by its model file, by training, by the setting', async () => {
		const shows: Record<string, unknown> = {
			'llama3.1:70b': {
				model_info: { 'llama.context_length': 131_072 },
				parameters: 'num_ctx                        16384\nstop "<|eot|>"',
				capabilities: ['completion', 'tools'],
			},
			'smollm2:135m': { model_info: { 'llama.context_length': 2_048 }, capabilities: ['completion'] },
			'nomic-embed-text:latest': { model_info: {}, capabilities: ['embedding'] },
		};
		const details = (parameter_size: string, quantization_level: string) => ({ parameter_size, quantization_level });
		await using server = await startModelServer(
			byPath({
				'/api/tags': {
					models: [
						{ name: 'llama3.1:70b', details: details('70.6B', 'Q4_K_M') },
						{ name: 'smollm2:135m', details: details('134.52M', 'unknown') },
						{ name: 'nomic-embed-text:latest', details: null },
						{ name: 'gone:7b-q8_0' },
					],
				},
				'/api/show': ({ model }: { model: string }) => shows[model] ?? {},
			}),
		);
		expect(await list('ollama', server.origin)).toMatchObject([
			{ name: 'llama3.1:70b', sizeBillions: 70.6, quantisation: 'Q4_K_M', contextTokens: 16_384, features: { tools: true, jsonSchema: true } },
			{ name: 'smollm2:135m', sizeBillions: 0.135, quantisation: null, contextTokens: 2_048, features: { tools: false } },
			{ name: 'nomic-embed-text:latest', words: ['embedding'] },
			{ name: 'gone:7b-q8_0', sizeBillions: 7, quantisation: 'Q8_0', contextTokens: 8_192, features: { tools: null } },
		]);
	});

	test('llama.cpp: its own count of parameters and the context it runs with', async () => {
		const meta = { n_ctx: 4_096, n_ctx_train: 131_072, n_params: 7_615_616_512, size: 4_683_073_536, ftype: 'Q4_K - Medium' };
		await using server = await startModelServer(byPath({ '/v1/models': { object: 'list', data: [{ id: 'coder', object: 'model', owned_by: 'llamacpp', meta }] } }));
		expect(await list('openai', `${server.origin}/v1`)).toMatchObject([{ name: 'coder', sizeBillions: 7.62, contextTokens: 4_096 }]);
	});

	test('Lemonade (shapes as 11.7 sent them): contexts of what is loaded, routers left out, no path of a file shown', async () => {
		const model = (id: string, more: object = {}) => ({
			id,
			object: 'model',
			recipe: 'llamacpp',
			labels: ['chat'],
			size: 2.5,
			max_context_window: 40_960,
			checkpoint: '/home/somebody/x.gguf',
			...more,
		});
		await using server = await startModelServer(
			byPath({
				'/v1/models': {
					data: [
						model('Qwen3-4B-GGUF', { labels: ['reasoning', 'tool-calling'] }),
						model('auto', { recipe: 'collection.router' }),
						model('Coder-7B-GGUF', { context_length: 2_048 }),
					],
				},
				'/v1/health': { status: 'ok', all_models_loaded: [{ model_name: 'Qwen3-4B-GGUF', recipe_options: { ctx_size: 4_096 }, last_use: 8_947_104 }] },
			}),
		);
		const models = await list('openai', `${server.origin}/v1`);
		expect(models).toMatchObject([
			{ name: 'Qwen3-4B-GGUF', sizeBillions: 4, contextTokens: 4_096, features: { tools: true } },
			{ name: 'Coder-7B-GGUF', sizeBillions: 7, contextTokens: 2_048 },
		]);
		expect(JSON.stringify(models)).not.toContain('somebody');
	});

	test('LM Studio (shapes from its documentation): quantisation, loaded context and type from its own list', async () => {
		await using server = await startModelServer(
			byPath({
				'/v1/models': {
					data: [
						{ id: 'qwen2.5-coder-7b', object: 'model', owned_by: 'organization_owner' },
						{ id: 'text-embedding-x', owned_by: 'organization_owner' },
					],
				},
				'/api/v0/models': {
					data: [
						{ id: 'qwen2.5-coder-7b', type: 'llm', quantization: '4bit', max_context_length: 32_768, loaded_context_length: 4_096, capabilities: ['tool_use'] },
						{ id: 'text-embedding-x', type: 'embeddings' },
					],
				},
			}),
		);
		expect(await list('openai', `${server.origin}/v1`)).toMatchObject([
			{ sizeBillions: 7, quantisation: '4BIT', contextTokens: 4_096, features: { tools: true } },
			{ words: ['embeddings'] },
		]);
	});

	test('vLLM: the length it was started with; malformed entries cost themselves', async () => {
		await using server = await startModelServer(
			byPath({ '/v1/models': { data: [{ id: 'm-14b', max_model_len: 9_000 }, { id: 7 }, null, { id: '' }, { id: 'plain', meta: 'odd' }] } }),
		);
		expect((await list('openai', `${server.origin}/v1`)).map(({ name, contextTokens }) => [name, contextTokens])).toEqual([
			['m-14b', 9_000],
			['plain', null],
		]);
	});

	test('Anthropic (shapes from its library’s types): names, limits, retired models left out', async () => {
		const models = [
			{ type: 'model', id: 'claude-a', display_name: 'Claude A', max_input_tokens: 1_000_000, max_tokens: 64_000, lifecycle: 'active' },
			{ type: 'model', id: 'claude-b', display_name: 'Claude B', max_input_tokens: null, max_tokens: null, lifecycle: 'deprecated' },
			{ type: 'model', id: 'claude-c', display_name: 'Claude C', lifecycle: 'retired' },
		];
		await using server = await startModelServer(byPath({ '/v1/models?limit=1000': { data: models, has_more: false } }));
		expect(await list('anthropic', server.origin, { apiKey: 'sk-1' })).toMatchObject([
			{ label: 'Claude A', contextTokens: 1_000_000, maxOutputTokens: 64_000 },
			{ label: 'Claude B', contextTokens: 200_000, maxOutputTokens: null },
		]);
		expect(server.requests[0]).toMatchObject({ authorization: 'Bearer sk-1', headers: { 'anthropic-version': '2026-10-21' } });
	});

	test('OpenAI’s list keeps what chats', async () => {
		const data = ['gpt-4.1', 'gpt-4o-audio-preview', 'whisper-1', 'text-embedding-3-small', 'o4-mini', 'dall-e-3', 'gpt-image-1'].map((id) => ({ id }));
		const answer = async () => Response.json({ data });
		expect((await list('openai', 'https://api.openai.com/v1', { fetch: answer })).map(({ name }) => name)).toEqual(['gpt-4.1', 'o4-mini']);
	});
});

describe('a server that gives no list', () => {
	test.each([
		['refuses the key', json(401, {}), 'unauthorized'],
		['has no such path', json(404, {}), 'not-found'],
		['is overrun', json(429, {}), 'rate-limited'],
		['fails', json(500, {}), 'server-error'],
		['answers with a page', ((response) => void response.end('<html>')) as Answer, 'server-error'],
		['answers with something else', json(200, { hello: 'world' }), 'server-error'],
		['says nothing', (() => undefined) as Answer, 'server-timeout'],
	])('because it %s is named by its code', async (_, answer, code) => {
		await using server = await startModelServer(answer);
		for (const kind of ['openai', 'ollama', 'anthropic'] as const) await expect(list(kind, server.origin, { timeoutMs: 300 })).rejects.toMatchObject({ code });
	});

	test('a cancel is a cancel', async () => {
		await using server = await startModelServer(() => undefined);
		await expect(list('openai', server.origin, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'cancelled' });
	});
});
