import { describe, expect, test } from 'vitest';
import { createModelCatalogue } from '#core/models/modelCatalogue';
import type { Ports } from '#core/ports';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { createLog, describeError } from '#node/log';
import { callBook } from '../../../support/callBook.ts';
import { cataloguePorts } from '../../../support/cataloguePorts.ts';
import { createManualClock } from '../../../support/manualClock.ts';
import { type Answer, json, startModelServer } from '../../../support/modelServer.ts';

const withModels = (models: Partial<Settings['models']>, more: Partial<Settings> = {}): Settings => ({
	...DEFAULT_SETTINGS,
	...more,
	models: { ...DEFAULT_SETTINGS.models, ...models },
});
const open = (models: Partial<Settings['models']>, ports: Partial<Ports> = {}) =>
	createModelCatalogue({ ports: cataloguePorts(ports), settings: withModels(models), calls: callBook() });
const modelList = (...ids: readonly string[]) => json(200, { data: ids.map((id) => ({ id })) });
const talk: Answer = (response) => {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	const chunk = (delta: object, finish_reason: string | null) => response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
	chunk({ content: 'ready' }, null);
	chunk({}, 'stop');
	response.end('data: [DONE]\n\n');
};
async function drain(parts: AsyncIterable<unknown> | undefined): Promise<void> {
	for await (const _ of parts ?? []);
}

describe('the list of language models', () => {
	test('is asked for again only when it is old, more seldom while a server is down, and at once when that is wanted', async () => {
		const clock = createManualClock();
		let isUp = true;
		await using server = await startModelServer((response, request, body) => (isUp ? modelList('coder-7b') : json(500, {}))(response, request, body));
		const catalogue = open({ openaiUrls: [`${server.origin}/v1`] }, { clock });
		const asked = async () => {
			await catalogue.languageModels();
			return server.requests.length;
		};
		expect([await asked(), await asked()]).toEqual([1, 1]);
		isUp = false;
		clock.advance(15_000);
		expect([await asked(), await asked()]).toEqual([2, 2]);
		const [down] = await catalogue.describe();
		expect(down).toMatchObject({ health: { state: 'down', errorCode: 'server-error' } });
		clock.advance(2_000);
		expect([await asked(), await asked()]).toEqual([3, 3]);
		clock.advance(2_000);
		expect(await asked()).toBe(3);
		clock.advance(2_000);
		expect(await asked()).toBe(4);
		isUp = true;
		expect(await catalogue.describe({ isFresh: true })).toMatchObject([{ health: { state: 'up', errorCode: null } }]);
		expect(server.requests).toHaveLength(5);
	});

	test('a model that vanishes while it is chosen is not found, and then gone', async () => {
		let has = ['coder-7b', 'other-3b'];
		await using server = await startModelServer((response, request, body) =>
			request.method === 'GET' ? modelList(...has)(response, request, body) : json(404, { error: { message: 'model not found' } })(response, request, body),
		);
		const catalogue = open({ openaiUrls: [`${server.origin}/v1`], preferred: `openai:${new URL(server.origin).host}/coder-7b` });
		const model = await catalogue.languageModel();
		expect(model?.label).toContain('coder-7b');
		has = ['other-3b'];
		await expect(drain(model?.stream([{ role: 'user', text: 'Hi' }], {}))).rejects.toMatchObject({ code: 'not-found' });
		expect(await catalogue.languageModel(model?.id)).toBeNull();
		expect((await catalogue.languageModel())?.label).toContain('other-3b');
	});

	test('a key that is revoked while in use makes its server down, and a new one brings it back', async () => {
		let valid = 'sk-1';
		let kept = 'sk-1';
		await using server = await startModelServer((response, request, body) => {
			const answer = request.headers.authorization !== `Bearer ${valid}` ? json(401, {}) : request.method === 'GET' ? modelList('m') : talk;
			return answer(response, request, body);
		});
		const catalogue = open({ openaiUrls: [`${server.origin}/v1`] }, { secrets: { get: async () => kept } });
		const [model] = await catalogue.languageModels();
		await drain(model?.stream([{ role: 'user', text: 'Hi' }], {}));
		valid = 'sk-2';
		await expect(drain(model?.stream([{ role: 'user', text: 'Hi' }], {}))).rejects.toMatchObject({ code: 'unauthorized' });
		expect(await catalogue.describe()).toMatchObject([{ health: { state: 'down', errorCode: 'unauthorized' } }]);
		kept = 'sk-2';
		catalogue.secretsChanged();
		expect(await catalogue.describe()).toMatchObject([{ health: { state: 'up', errorCode: null } }]);
	});

	test('a server without models is listed as an endpoint, with what is wrong', async () => {
		await using server = await startModelServer(json(401, {}));
		const catalogue = open({ anthropicUrl: server.origin });
		expect(await catalogue.languageModels()).toEqual([]);
		expect(await catalogue.endpoints()).toMatchObject([
			{ key: server.origin, kind: 'anthropic', hasKey: false, models: [], health: { state: 'down', errorCode: 'unauthorized' } },
		]);
	});

	test('without a choice a model that stands is taken before one whose server is down', async () => {
		let isUp = true;
		await using first = await startModelServer((response, request, body) => (isUp ? modelList('a-7b') : json(503, {}))(response, request, body));
		await using second = await startModelServer(modelList('b-7b'));
		const catalogue = open({ openaiUrls: [`${first.origin}/v1`, `${second.origin}/v1`] });
		expect((await catalogue.languageModel())?.label).toContain('a-7b');
		isUp = false;
		await catalogue.describe({ isFresh: true });
		expect((await catalogue.languageModel())?.label).toContain('b-7b');
	});

	test('prices of the settings reach the models, and change with them', async () => {
		await using server = await startModelServer(modelList('m'));
		const catalogue = open({ openaiUrls: [`${server.origin}/v1`] });
		expect(await catalogue.describe()).toMatchObject([{ price: { inputUsdPerMillion: 0, source: 'local' } }]);
		const price = { inputUsdPerMillion: 2, outputUsdPerMillion: 4, asOf: '2026-11-01' };
		await catalogue.updateSettings(withModels({ openaiUrls: [`${server.origin}/v1`], prices: { m: price } }));
		expect(await catalogue.describe()).toMatchObject([{ price: { ...price, source: 'user' } }]);
	});

	test('a GGUF file is a model of this machine that is not loaded by being listed', async () => {
		const gguf = {
			open: async () => {
				throw new Error('It was loaded.');
			},
		};
		const catalogue = open({ ggufFiles: ['/models/Qwen2.5-Coder-7B.Q4_K_M.gguf'] }, { gguf });
		expect(await catalogue.describe()).toMatchObject([
			{
				id: 'gguf:Qwen2.5-Coder-7B.Q4_K_M.gguf',
				isRemote: false,
				sizeBillions: 7,
				quantisation: 'Q4_K_M',
				roles: ['coder', 'pattern-extraction'],
				price: { source: 'local' },
			},
		]);
	});

	test('two programs share a server of this machine that serves one at a time: the second waits its turn', async () => {
		let running = 0;
		let most = 0;
		let refused = 0;
		await using server = await startModelServer(async (response, request, body) => {
			if (request.method === 'GET') return modelList('m')(response, request, body);
			if (running > 0) {
				refused++;
				return json(503, { error: { message: 'busy' } })(response, request, body);
			}
			running++;
			most = Math.max(most, running);
			await new Promise((resolve) => setTimeout(resolve, 300));
			running--;
			return talk(response, request, body);
		});
		const answers = [open({ openaiUrls: [`${server.origin}/v1`] }), open({ openaiUrls: [`${server.origin}/v1`] })].map(async (catalogue) => {
			const [model] = await catalogue.languageModels();
			return catalogue.test(model?.id ?? '');
		});
		expect(await Promise.all(answers)).toMatchObject([{ isOk: true }, { isOk: true }]);
		expect(most).toBe(1);
		expect(refused).toBeGreaterThan(0);
	});

	test('a test of a model is a result, whether it answers or not; an unknown one is not found', async () => {
		await using server = await startModelServer((response, request, body) =>
			request.method === 'GET' ? modelList('good', 'bad')(response, request, body) : (body.includes('"good"') ? talk : json(500, {}))(response, request, body),
		);
		const catalogue = open({ openaiUrls: [`${server.origin}/v1`] });
		const host = new URL(server.origin).host;
		expect(await catalogue.test(`openai:${host}/good`)).toMatchObject({ isOk: true, text: 'ready', firstTokenMs: expect.any(Number), errorCode: null });
		expect(await catalogue.test(`openai:${host}/bad`)).toMatchObject({ isOk: false, errorCode: 'server-error' });
		await expect(catalogue.test('openai:nobody/x')).rejects.toMatchObject({ code: 'not-found' });
	});

	test('pulls only from a known Ollama server', async () => {
		await using server = await startModelServer((response) => void response.end(`${JSON.stringify({ status: 'success' })}\n`));
		await open({ ollamaUrl: server.origin }).pull({ url: `${server.origin}/`, model: 'm' }, () => undefined);
		expect(server.requests.map(({ path }) => path)).toEqual(['/api/pull']);
		await expect(open({}).pull({ url: server.origin, model: 'm' }, () => undefined)).rejects.toMatchObject({ code: 'not-found' });
	});
});

describe('a key', () => {
	const CANARY = 'sk-canary-3141592653';
	const echo =
		(status: number): Answer =>
		(response, request) =>
			void response
				.writeHead(status, { 'content-type': 'application/json' })
				.end(JSON.stringify({ error: { message: `bad key ${request.headers.authorization}`, type: 'x' } }));
	const midStream: Answer = (response, request, body) => {
		if (request.method === 'GET') return modelList('m')(response, request, body);
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end(
			`data: ${JSON.stringify({ error: { message: `leaked ${request.headers.authorization}` } })}\n\nevent: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'x', message: CANARY } })}\n\n`,
		);
	};

	test.each([
		['is repeated by a server that refuses it', echo(401), CANARY],
		['is repeated by a server that fails', echo(500), CANARY],
		['is repeated in the middle of an answer', midStream, CANARY],
		['holds a line break, which the platform names in its error', modelList('m'), `${CANARY}\nx`],
		['holds letters that no header can', modelList('m'), `${CANARY}é`],
	])('that %s is in no error, cause, log, description or result', async (_, answer, key) => {
		await using server = await startModelServer(answer);
		const said: string[] = [];
		const log = createLog((level, message) => said.push(`${level} ${message}`), 'trace');
		const ports = { log, secrets: { get: async () => key } };
		const catalogue = open({ openaiUrls: [`${server.origin}/v1`], anthropicUrl: server.origin }, ports);
		const keyless = open({ openaiUrls: [`${server.origin}/v1`], anthropicUrl: server.origin }, { ...ports, secrets: { get: async () => null } });
		const errors: unknown[] = [];
		for (const model of [...(await catalogue.languageModels()), ...(await keyless.languageModels())]) {
			await drain(model.stream([{ role: 'user', text: 'Hi' }], {})).catch((error: unknown) => errors.push(error));
			said.push(JSON.stringify(await catalogue.test(model.id).catch((error: unknown) => describeError(error))));
		}
		for (const error of errors) {
			log.error('failed', error);
			said.push(String(error), JSON.stringify(error), error instanceof Error ? `${error.stack} ${String(error.cause)}` : '');
		}
		said.push(JSON.stringify(await catalogue.describe({ isFresh: true })), JSON.stringify(await catalogue.endpoints()), JSON.stringify(await catalogue.presets()));
		expect(said.length).toBeGreaterThan(2);
		expect(said.join('\n')).not.toContain(CANARY);
	});
});
