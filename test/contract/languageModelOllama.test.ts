import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { estimateTokens } from '#core/domain/tokenCount';
import { listModels } from '#core/models/remote/listModels';
import { createOllamaLanguageModel } from '#core/models/remote/ollamaLanguageModel';
import { openRemoteEmbeddingModel } from '#core/models/remote/remoteEmbeddingModel';
import { sideCalls } from '../support/callBook.ts';
import { PLAIN_INFO } from '../support/modelInfo.ts';
import { findOllama, installPython } from '../support/realModels/install.ts';
import { type OllamaServer, startOllamaServer } from '../support/realModels/ollamaServer.ts';
import { embeddingModelContract } from './embeddingModel.ts';
import { realLanguageModelContract } from './realLanguageModel.ts';

const ollama = findOllama();
const python: ReturnType<typeof installPython> = ollama.value === undefined ? { reason: ollama.reason } : installPython();
const CONTEXT = 1024;
const PATIENT = { firstTokenTimeoutMs: 60_000, totalTimeoutMs: 120_000 };

if (python.reason !== undefined) test.skip(`a real Ollama server (${python.reason})`, () => undefined);

describe.runIf(python.value)('a real Ollama server', () => {
	let server: OllamaServer;
	beforeAll(async () => {
		server = await startOllamaServer({ binary: ollama.value ?? '', gguf: python.value?.gguf ?? '', contextTokens: CONTEXT });
	});
	afterAll(() => server?.[Symbol.asyncDispose]());
	const open = (limits = PATIENT) =>
		createOllamaLanguageModel({ url: server.url, name: 'smollm2:135m', contextTokens: CONTEXT, info: PLAIN_INFO, fetch, limits: () => limits });

	// Its template has no place for tools, which this server says with an error; the dialect's suite covers them.
	realLanguageModelContract('as a model', () => ({
		model: open(),
		withLimits: (limits) => open(limits),
		can: { maxOutputTokens: true, jsonSchema: true, tools: false },
	}));

	embeddingModelContract('as an embedding model', () =>
		openRemoteEmbeddingModel({ kind: 'ollama', url: server.url, name: 'smollm2:135m', fetch, apiKey: async () => null, prices: () => ({}), calls: sideCalls() }),
	);

	test('does not cut a prompt that is longer by its own count than by ours', async () => {
		const words = Array.from({ length: 200 }, (_, i) => `größe${i}`).join(' ');
		expect(await estimateTokens(words)).toBeLessThan(CONTEXT * 0.6);
		const parts = open().stream([{ role: 'user', text: words }], { maxOutputTokens: 2 });
		await expect(parts[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'context-too-long', isRetryable: false });
	});

	test('without its model says that it does not have it, and has it again when it is back', async () => {
		server.removeModel();
		await expect(
			open()
				.stream([{ role: 'user', text: 'Hi' }], {})
				[Symbol.asyncIterator]()
				.next(),
		).rejects.toMatchObject({ code: 'not-found' });
		expect(await listModels({ kind: 'ollama', url: server.url, fetch, timeoutMs: 5_000, ollamaContextTokens: 8_192 })).toEqual([]);
		server.createModel();
		expect(
			await open()
				.stream([{ role: 'user', text: 'Hi' }], { maxOutputTokens: 2 })
				[Symbol.asyncIterator]()
				.next(),
		).toMatchObject({ value: { type: 'delta' } });
	});

	test('says what it has', async () => {
		const models = await listModels({ kind: 'ollama', url: server.url, fetch, timeoutMs: 5_000, ollamaContextTokens: 8_192 });
		expect(models).toMatchObject([{ name: 'smollm2:135m', sizeBillions: 0.135, contextTokens: CONTEXT, features: { tools: false } }]);
	});
});
