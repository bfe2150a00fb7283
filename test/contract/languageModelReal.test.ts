import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LanguageModel, ModelPart } from '#core/models/languageModel';
import { createGgufLanguageModel, type GgufLanguageModel } from '#core/models/local/ggufLanguageModel';
import { createModelCatalogue } from '#core/models/modelCatalogue';
import { createOpenaiLanguageModel } from '#core/models/remote/openaiLanguageModel';
import type { GgufPort, OpenGguf } from '#core/ports';
import { DEFAULT_SETTINGS } from '#core/settings';
import { createClock } from '#node/clock';
import { createGguf } from '#node/gguf';
import { assetsPath } from '../support/assets.ts';
import { callBook } from '../support/callBook.ts';
import { cataloguePorts } from '../support/cataloguePorts.ts';
import { PLAIN_INFO } from '../support/modelInfo.ts';
import { installLlamaLibrary, installPython } from '../support/realModels/install.ts';
import { type LlamaServer, startLlamaServer } from '../support/realModels/llamaServer.ts';
import { realLanguageModelContract } from './realLanguageModel.ts';

const python = installPython();
const library = python.value ? installLlamaLibrary() : { reason: python.reason };
const CONTEXT = 1024;
const PATIENT = { firstTokenTimeoutMs: 60_000, totalTimeoutMs: 120_000 };
const QUESTION = [{ role: 'user', text: 'Tell me a long story about a river.' }] as const;
const KEY = 'sk-real-canary-77';

if (python.reason !== undefined) test.skip(`a real llama.cpp server (${python.reason})`, () => undefined);
if (library.reason !== undefined) test.skip(`a GGUF file in the process (${library.reason})`, () => undefined);

describe.runIf(python.value)('a real llama.cpp server', () => {
	let server: LlamaServer;
	beforeAll(async () => {
		if (python.value) server = await startLlamaServer({ ...python.value, contextTokens: CONTEXT, apiKey: KEY });
	});
	afterAll(() => server?.[Symbol.asyncDispose]());
	const open = (limits = PATIENT, apiKey = KEY) =>
		createOpenaiLanguageModel({ url: server.url, name: 'smollm2', contextTokens: CONTEXT, info: PLAIN_INFO, fetch, apiKey: async () => apiKey, limits: () => limits });

	realLanguageModelContract('as an OpenAI-compatible model', () => ({
		model: open(),
		withLimits: (limits) => open(limits),
		can: { maxOutputTokens: true, jsonSchema: true, tools: true },
	}));

	test('refuses a wrong key as that', async () => {
		await expect(drain(open(PATIENT, 'sk-wrong'))).rejects.toMatchObject({ code: 'unauthorized' });
	});

	test('is described by what it says itself, and answers a test', async () => {
		const settings = { ...DEFAULT_SETTINGS, models: { ...DEFAULT_SETTINGS.models, openaiUrls: [server.url] } };
		const catalogue = createModelCatalogue({ ports: cataloguePorts({ secrets: { get: async () => KEY } }), settings, calls: callBook() });
		const [described] = await catalogue.describe();
		expect(described).toMatchObject({ sizeBillions: 0.135, contextTokens: CONTEXT, isRemote: false, price: { inputUsdPerMillion: 0, source: 'local' } });
		expect(described?.health).toMatchObject({ state: 'up', firstTokenMs: null });
		const result = await catalogue.test(described?.id ?? '');
		expect(result).toMatchObject({ isOk: true, errorCode: null });
		const [after] = await catalogue.describe();
		expect(after?.health.firstTokenMs).toBeGreaterThan(0);
		expect(after?.health.tokensPerSecond).toBeGreaterThan(0);
		await catalogue.close();
	});

	test('killed in the middle of an answer it is a retryable error, then unreachable', async () => {
		if (!python.value) return;
		await using doomed = await startLlamaServer({ ...python.value, contextTokens: CONTEXT });
		const model = createOpenaiLanguageModel({
			url: doomed.url,
			name: 'smollm2',
			contextTokens: null,
			info: PLAIN_INFO,
			fetch,
			apiKey: async () => null,
			limits: () => PATIENT,
		});
		const parts: ModelPart[] = [];
		const run = async () => {
			for await (const part of model.stream(QUESTION, {})) {
				parts.push(part);
				if (parts.length === 3) await doomed.kill();
			}
		};
		await expect(run()).rejects.toMatchObject({ isRetryable: true });
		expect(parts.length).toBeGreaterThanOrEqual(3);
		await expect(drain(model)).rejects.toMatchObject({ code: 'server-unreachable' });
	});
});

describe.runIf(library.value)('a GGUF file in a process of its own', () => {
	const made: GgufLanguageModel[] = [];
	const gguf = createGguf({ assetsPath: assetsPath() });
	const open = (limits = PATIENT, path = python.value?.gguf ?? '', runtimeFolder: string | null = library.value ?? null, port: GgufPort = gguf) => {
		const model = createGgufLanguageModel({ path, contextTokens: CONTEXT, runtimeFolder, info: PLAIN_INFO, gguf: port, clock: createClock(), limits: () => limits });
		made.push(model);
		return model;
	};
	let shared: GgufLanguageModel;
	beforeAll(() => {
		shared = open();
	});
	afterAll(() => Promise.all(made.map((model) => model.close())));

	realLanguageModelContract('as a model', () => ({ model: shared, withLimits: (limits) => open(limits), can: { maxOutputTokens: true, jsonSchema: true, tools: true } }));

	test('names what is missing: the file, its soundness, the runtime', async () => {
		await expect(drain(open(PATIENT, '/nowhere/model.gguf'))).rejects.toMatchObject({ code: 'model-missing' });
		await expect(drain(open(PATIENT, import.meta.filename))).rejects.toMatchObject({ code: 'model-damaged' });
		await expect(drain(open(PATIENT, undefined, '/nowhere'))).rejects.toMatchObject({ code: 'runtime-unavailable' });
	});

	test('a crash of its process costs the answer under way, and the next question loads it again', async () => {
		const opened: OpenGguf[] = [];
		const watched: GgufPort = {
			open: async (options) => {
				const model = await gguf.open(options);
				opened.push(model);
				return model;
			},
		};
		const model = open(PATIENT, undefined, undefined, watched);
		let pieces = 0;
		const run = async () => {
			for await (const _ of model.stream(QUESTION, {})) if (++pieces === 3) process.kill(opened[0]?.processId ?? 0, 'SIGSEGV');
		};
		await expect(run()).rejects.toMatchObject({ code: 'server-error', isRetryable: true });
		expect(pieces).toBeGreaterThanOrEqual(3);
		await drain(model);
		expect(opened.map(({ isAlive }) => isAlive)).toEqual([false, true]);
		await model.close();
		expect(opened[1]?.isAlive).toBe(false);
	});
});

async function drain(model: LanguageModel): Promise<void> {
	for await (const _ of model.stream(QUESTION, { maxOutputTokens: 4 }));
}
