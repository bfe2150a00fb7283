import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import { openBundledEmbeddingModel } from '#core/models/local/bundledEmbeddingModel';
import { openRemoteEmbeddingModel } from '#core/models/remote/remoteEmbeddingModel';
import { createBundledModel } from '#node/bundledModel';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { sideCalls } from '../support/callBook.ts';
import { type Answer, json, startModelServer } from '../support/modelServer.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { cosine, embeddingModelContract } from './embeddingModel.ts';

const opened = new Map<string, Promise<EmbeddingModel>>();
const openBundled = (runtime: 'native' | 'wasm') => {
	const model = opened.get(runtime) ?? openBundledEmbeddingModel(createBundledModel({ assetsPath: assetsPath() }), runtime);
	opened.set(runtime, model);
	return model;
};
afterAll(async () => {
	for (const model of opened.values()) await (await model).close();
});

const hasNative = !(process.platform === 'darwin' && process.arch === 'x64');
if (hasNative) embeddingModelContract('the bundled model, native', () => openBundled('native'));
else test.skip('the bundled model, native (skipped: ONNX Runtime has no binary for Intel Macs)', () => undefined);
embeddingModelContract('the bundled model, WebAssembly', () => openBundled('wasm'));

describe('the bundled model', () => {
	const texts = [
		'How do I parse a JSON file?',
		'def load(path):\n    with open(path) as file:\n        return json.load(file)',
		'class Tree { insert(node) {} }',
		'SELECT name FROM users',
	];

	test.runIf(hasNative)(
		'gives nearly the same vectors by both runtimes',
		async () => {
			const [native, wasm] = await Promise.all([openBundled('native'), openBundled('wasm')]);
			for (const text of texts) {
				const [[a], [b]] = await Promise.all([native.embed([text], { purpose: 'query' }), wasm.embed([text], { purpose: 'query' })]);
				expect(cosine(a, b), text).toBeGreaterThan(0.99);
			}
		},
		60_000,
	);

	test('ranks the function that answers a question first', async () => {
		const model = await openBundled('wasm');
		const vectors = await model.embed(texts, { purpose: 'document' });
		expect(cosine(vectors[0], vectors[1])).toBeGreaterThan(Math.max(cosine(vectors[0], vectors[2]), cosine(vectors[0], vectors[3])));
	}, 60_000);

	test('answers a question before a long list that was there first', async () => {
		const model = await openBundled('wasm');
		const order: string[] = [];
		const list = model
			.embed(
				Array.from({ length: 64 }, (_, i) => `const value${i} = compute(${i});`),
				{ purpose: 'document' },
			)
			.then(() => order.push('list'));
		const question = model.embed(['where is the value computed'], { purpose: 'query' }).then(() => order.push('question'));
		await Promise.all([list, question]);
		expect(order).toEqual(['question', 'list']);
	}, 60_000);

	test.each(['native', 'wasm'] as const)(
		'closes in the middle of its work without harm to the process: %s',
		async (runtime) => {
			for (let round = 0; round < 3; round++) {
				const model = await createBundledModel({ assetsPath: assetsPath() }).load({ runtime, threads: 1 });
				const work = model.embed(Array.from({ length: 64 }, (_, i) => `the ${i}th text of many `.repeat(20)));
				const outcome = expect(work).rejects.toMatchObject({ code: 'cancelled' });
				await model.embed(['one that is done, so that the many are under way']);
				await model.close();
				await outcome;
			}
		},
		60_000,
	);

	test('lets a process that does nothing else wait for its end', () => {
		using folder = temporaryFolder();
		const program = `
			const { createBundledModel } = await import(${JSON.stringify(pathToFileURL(join(repositoryRoot, 'src/node/bundledModel.ts')).href)});
			const model = await createBundledModel({ assetsPath: ${JSON.stringify(assetsPath())} }).load({ runtime: 'auto', threads: 1 });
			await model.close();
			process.stdout.write('closed');`;
		folder.write({ 'program.mjs': program });
		const { stdout, status } = spawnSync(process.execPath, ['--no-warnings', folder.join('program.mjs')], { encoding: 'utf8' });
		expect([stdout, status]).toEqual(['closed', 0]);
	}, 60_000);

	test('says that a missing or damaged file is missing or damaged', async () => {
		using folder = temporaryFolder();
		const load = () => createBundledModel({ assetsPath: folder.path }).load({ runtime: 'wasm', threads: 1 });
		await expect(load()).rejects.toMatchObject({ code: 'model-missing' });
		mkdirSync(folder.join('minilm'));
		const bytes = readFileSync(join(assetsPath(), 'minilm/model_quantized.onnx'));
		bytes[12_000_000] = (bytes[12_000_000] ?? 0) ^ 1;
		writeFileSync(folder.join('minilm/model_quantized.onnx'), bytes);
		await expect(load()).rejects.toMatchObject({ code: 'model-damaged' });
	});

	test('takes WebAssembly where the native runtime will not load', async () => {
		using folder = temporaryFolder();
		for (const name of ['minilm', 'ort-web']) symlinkSync(join(assetsPath(), name), folder.join(name));
		copyFileSync(join(assetsPath(), 'embeddingWorker.mjs'), folder.join('embeddingWorker.mjs'));
		folder.write({ 'onnxruntime-node/package.json': '{}', 'onnxruntime-node/dist/index.js': "throw new Error('GLIBC_9.99 not found');" });
		const port = createBundledModel({ assetsPath: folder.path });
		await expect(port.load({ runtime: 'native', threads: 1 })).rejects.toMatchObject({ code: 'runtime-unavailable' });
		const model = await port.load({ runtime: 'auto', threads: 1 });
		expect(model.runtime).toBe('wasm');
		await model.close();
	}, 60_000);
});

/** A vector that depends on the text alone. */
function vectorOf(text: string, dimension = 8): number[] {
	const hash = [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 99_991, 7);
	return Array.from({ length: dimension }, (_, i) => Math.sin(hash * (i + 1)) + 0.01);
}

const kinds = {
	ollama: { answer: (vectors: unknown) => ({ model: 'm', embeddings: vectors }), path: '' },
	openai: {
		answer: (vectors: unknown) => ({ object: 'list', data: (vectors as unknown[]).map((embedding, index) => ({ object: 'embedding', index, embedding })).reverse() }),
		path: '/v1',
	},
} as const;

for (const kind of ['ollama', 'openai'] as const) {
	const open = (origin: string) =>
		openRemoteEmbeddingModel({ kind, url: `${origin}${kinds[kind].path}`, name: 'm', fetch, apiKey: async () => 'sk-1', prices: () => ({}), calls: sideCalls() });
	const answerWith =
		(make: (texts: readonly string[]) => unknown): Answer =>
		(response, request, body) =>
			json(200, kinds[kind].answer(make((JSON.parse(body) as { input: string[] }).input)))(response, request, body);
	const server = startModelServer(answerWith((texts) => texts.map((text) => vectorOf(text))));
	afterAll(async () => (await server)[Symbol.asyncDispose]());
	embeddingModelContract(`an embedding model of ${kind}`, async () => open((await server).origin));

	describe(`an embedding server of ${kind}`, () => {
		test.each([
			['a vector of another dimension', (texts: readonly string[]) => texts.map((text) => vectorOf(text, text === 'probe' ? 8 : 9)), 'dimension-changed'],
			['too few vectors', (texts: readonly string[]) => (texts[0] === 'probe' ? [vectorOf('probe')] : []), 'server-error'],
			['an empty vector', (texts: readonly string[]) => texts.map((text) => (text === 'probe' ? vectorOf(text) : [])), 'server-error'],
			['a vector of zeros', (texts: readonly string[]) => texts.map((text) => (text === 'probe' ? vectorOf(text) : new Array(8).fill(0))), 'server-error'],
			['a vector with nulls for NaN', (texts: readonly string[]) => texts.map((text) => (text === 'probe' ? vectorOf(text) : new Array(8).fill(null))), 'server-error'],
		])('%s is refused', async (_name, make, code) => {
			await using faulty = await startModelServer(answerWith(make));
			const model = await open(faulty.origin);
			await expect(model.embed(['text'], { purpose: 'document' })).rejects.toMatchObject({ code });
		});

		test.each([
			[401, 'unauthorized'],
			[404, 'not-found'],
			[500, 'server-error'],
			[501, 'server-error'],
		])('status %i is %s', async (status, code) => {
			await using faulty = await startModelServer(json(status, { error: { message: 'sk-1 no' } }));
			const failure = await open(faulty.origin).catch((error: unknown) => error);
			expect(failure).toMatchObject({ code });
			expect(String(failure)).not.toContain('sk-1');
		});

		test('one that hangs is left when the caller cancels, down to the socket', async () => {
			await using hanging = await startModelServer((response, request, body) =>
				body.includes('probe') ? answerWith((texts) => texts.map((text) => vectorOf(text)))(response, request, body) : undefined,
			);
			const model = await open(hanging.origin);
			const controller = new AbortController();
			const run = model.embed(['text'], { purpose: 'document', signal: controller.signal });
			controller.abort();
			await expect(run).rejects.toMatchObject({ code: 'cancelled' });
		});
	});
}
