import { describe, expect, test } from 'vitest';
import { createModelCatalogue } from '#core/models/modelCatalogue';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { callBook } from '../../../support/callBook.ts';
import { cataloguePorts } from '../../../support/cataloguePorts.ts';
import { json, startModelServer } from '../../../support/modelServer.ts';

const settingsWith = (changes: Partial<Settings>): Settings => ({ ...DEFAULT_SETTINGS, ...changes });
const withServers = (openaiUrls: readonly string[]) => ({ models: { ...DEFAULT_SETTINGS.models, openaiUrls } });
const modelList = json(200, {
	object: 'list',
	data: [
		{ id: 'coder', object: 'model' },
		{ id: 'nomic-embed-text', object: 'model' },
	],
});

describe('the model catalogue', () => {
	test('lists the answering models of configured servers, with the key of that server alone', async () => {
		await using server = await startModelServer(modelList);
		const names: string[] = [];
		const get = async (name: string) => (names.push(name), 'sk-1');
		const catalogue = createModelCatalogue({
			calls: callBook(),
			ports: cataloguePorts({ secrets: { get } }),
			settings: settingsWith(withServers([`${server.origin}/v1/`])),
		});
		expect((await catalogue.languageModels()).map(({ label }) => label)).toEqual([expect.stringContaining('coder')]);
		expect(server.requests[0]).toMatchObject({ path: '/v1/models', authorization: 'Bearer sk-1' });
		expect(names).toEqual([`openai:${server.origin}`]);
	});

	test('leaves out a server that fails, and does not follow one that points elsewhere', async () => {
		await using target = await startModelServer(modelList);
		await using broken = await startModelServer(json(500, {}));
		await using redirecting = await startModelServer((response) => void response.writeHead(302, { location: `${target.origin}/v1/models` }).end());
		const catalogue = createModelCatalogue({
			calls: callBook(),
			ports: cataloguePorts(),
			settings: settingsWith(withServers([`${broken.origin}/v1`, `${redirecting.origin}/v1`])),
		});
		expect(await catalogue.languageModels()).toEqual([]);
		expect(target.requests).toHaveLength(0);
	});

	test('asks no other machine and no host model in an untrusted workspace', async () => {
		const asked: string[] = [];
		const ports = cataloguePorts({
			fetch: async (input) => {
				asked.push(String(input));
				throw new TypeError('fetch failed');
			},
			hostModels: {
				models: async () => {
					asked.push('host');
					return [];
				},
			},
		});
		const settings = settingsWith({
			...withServers(['https://models.example/v1']),
			isTrusted: false,
			embedding: { provider: 'openai', url: 'https://models.example/v1', model: 'm', runtime: 'auto' },
		});
		const catalogue = createModelCatalogue({ calls: callBook(), ports, settings });
		expect(await catalogue.languageModels()).toEqual([]);
		await expect(catalogue.embedding()).rejects.toMatchObject({ code: 'untrusted-workspace' });
		expect(asked).toEqual([]);
	});

	test('loads the embedding model once, and again after a failure or a change of settings', async () => {
		let loads = 0;
		let closes = 0;
		const ports = cataloguePorts({
			bundledModel: {
				load: async () => {
					loads++;
					if (loads === 1) throw new Error('not this time');
					return { runtime: 'wasm', dimension: 3, embed: async () => [], close: async () => void closes++ };
				},
			},
		});
		const catalogue = createModelCatalogue({ calls: callBook(), ports, settings: DEFAULT_SETTINGS });
		await expect(catalogue.embedding()).rejects.toThrow('not this time');
		const [a, b] = await Promise.all([catalogue.embedding(), catalogue.embedding()]);
		expect(a).toBe(b);
		expect(loads).toBe(2);
		await catalogue.updateSettings({ ...DEFAULT_SETTINGS, search: { ...DEFAULT_SETTINGS.search, codeLimit: 9 } });
		expect(await catalogue.embedding()).toBe(a);
		await catalogue.updateSettings({ ...DEFAULT_SETTINGS, embedding: { ...DEFAULT_SETTINGS.embedding, provider: 'none' } });
		expect(closes).toBe(1);
		expect(await catalogue.embedding()).toBeNull();
	});

	test('has no static vectors where the table is not installed', async () => {
		expect(await createModelCatalogue({ calls: callBook(), ports: cataloguePorts(), settings: DEFAULT_SETTINGS }).staticVectors()).toBeNull();
	});

	test('discovery asks the usual ports of this machine and nothing else', async () => {
		const asked: string[] = [];
		const ports = cataloguePorts({
			fetch: async (input) => {
				asked.push(String(input));
				return String(input).includes(':1234') ? Response.json({ data: [{ id: 'coder' }] }) : new Response('<html>', { status: 404 });
			},
		});
		const catalogue = createModelCatalogue({ calls: callBook(), ports, settings: DEFAULT_SETTINGS });
		expect(await catalogue.discover()).toEqual([{ kind: 'openai', url: 'http://127.0.0.1:1234/v1', name: 'LM Studio', models: ['coder'] }]);
		expect(asked.map((url) => new URL(url).port).sort()).toEqual(['11434', '1234', '13305', '1337', '8000', '8080']);
		expect(new Set(asked.map((url) => new URL(url).hostname))).toEqual(new Set(['127.0.0.1']));
		expect(await catalogue.languageModel('openai:127.0.0.1:1234/coder')).toMatchObject({ isRemote: false });
	});
});
