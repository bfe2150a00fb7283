import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PullProgress } from '#core/domain/modelInfo';
import { estimateTokens } from '#core/domain/tokenCount';
import { listModels } from '#core/models/remote/listModels';
import { createOllamaLanguageModel } from '#core/models/remote/ollamaLanguageModel';
import { pullModel } from '#core/models/remote/pullModel';
import { openRemoteEmbeddingModel } from '#core/models/remote/remoteEmbeddingModel';
import { sideCalls } from '../support/callBook.ts';
import { PLAIN_INFO } from '../support/modelInfo.ts';
import { findOllama, installPython } from '../support/realModels/install.ts';
import { startOllamaRegistry } from '../support/realModels/ollamaRegistry.ts';
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

	describe('that has no model yet', () => {
		let empty: OllamaServer;
		const named = (model: string) => ({ model, url: empty.url, fetch, limits: PATIENT });
		beforeAll(async () => {
			empty = await startOllamaServer({ binary: ollama.value ?? '', gguf: null, contextTokens: CONTEXT });
		});
		afterAll(() => empty?.[Symbol.asyncDispose]());

		test('pulls one, tells how far it is, leaves off when told to, goes on where it was, and answers with it', async () => {
			await using registry = await startOllamaRegistry({ models: server.models, heldAtBytes: 8_000_000 });
			const model = registry.nameOf('smollm2:135m');
			const stopped = new AbortController();
			const before: PullProgress[] = [];
			const onProgress = (progress: PullProgress) => {
				before.push(progress);
				if (progress.completedBytes > 4_000_000) stopped.abort();
			};
			await expect(pullModel({ ...named(model), onProgress, signal: stopped.signal })).rejects.toMatchObject({ code: 'cancelled' });
			const total = before.at(-1)?.totalBytes ?? 0;
			expect(total).toBeGreaterThan(90_000_000);
			expect(before.at(-1)?.completedBytes).toBeLessThan(total);

			registry.release();
			const after: PullProgress[] = [];
			await pullModel({ ...named(model), onProgress: (progress) => after.push(progress) });
			expect(after.at(-1)).toMatchObject({ status: 'success' });
			expect(after.at(-1)?.completedBytes).toBe(after.at(-1)?.totalBytes);
			for (const [index, { completedBytes }] of after.entries()) expect(completedBytes).toBeGreaterThanOrEqual(after[index - 1]?.completedBytes ?? 0);

			const listed = await listModels({ kind: 'ollama', url: empty.url, fetch, timeoutMs: 5_000, ollamaContextTokens: 8_192 });
			expect(listed).toMatchObject([{ name: model, sizeBillions: 0.135 }]);
			const pulled = createOllamaLanguageModel({ url: empty.url, name: model, contextTokens: CONTEXT, info: PLAIN_INFO, fetch, limits: () => PATIENT });
			expect(
				await pulled
					.stream([{ role: 'user', text: 'Hi' }], { maxOutputTokens: 2 })
					[Symbol.asyncIterator]()
					.next(),
			).toMatchObject({ value: { type: 'delta' } });
		});

		test('says that a registry has no such model, or is not there', async () => {
			const registry = await startOllamaRegistry({ models: server.models });
			const onProgress = () => undefined;
			await expect(pullModel({ ...named(registry.nameOf('smollm2:900m')), onProgress })).rejects.toMatchObject({ code: 'not-found' });
			await registry[Symbol.asyncDispose]();
			await expect(pullModel({ ...named(registry.nameOf('smollm2:900m')), onProgress })).rejects.toMatchObject({ code: 'server-error' });
		});
	});
});
