import { afterEach, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Coordinator } from '#core/domain/requests';
import type { ClockPort } from '#core/ports';
import { settingsFromWire } from '#core/settingsFromWire';
import { createClock } from '#node/clock';
import { type Answer, json, type ModelServer, outsideAddress, startModelServer } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

/** Waits of minutes take a moment. */
const real = createClock();
const clock: ClockPort = { nowMs: () => Date.now(), delay: (ms, signal) => real.delay(ms > 60_000 ? 500 : Math.min(ms, 100), signal) };

const vectors =
	(dimension: number): Answer =>
	(response, request, body) => {
		const { input } = JSON.parse(body) as { input: readonly string[] };
		return json(200, { model: 'm', embeddings: input.map((text) => Array.from({ length: dimension }, (_, i) => 1 + ((text.length + i) % 7))) })(response, request, body);
	};

describe('indexing with an embedding server', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	/** A coordinator over twenty files, whose server answers its probe and then as told. */
	async function start(answer: () => Answer): Promise<Coordinator> {
		const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}.ts`, `export const beacon${i} = ${i};\n`]));
		const server = await startModelServer((response, request, body) => (body.includes('"probe"') ? probe : answer())(response, request, body));
		return (await open(files, server)).coordinator;
	}
	async function open(files: Readonly<Record<string, string>>, server: ModelServer): Promise<{ readonly coordinator: Coordinator; readonly workspace: TemporaryFolder }> {
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(files);
		cleanUps.push(() => Promise.resolve(server[Symbol.asyncDispose]()));
		const made = quietPorts();
		const { settings } = settingsFromWire({ embedding: { provider: 'ollama', url: server.origin, model: 'm' } });
		const { coordinator } = await createCoordinator({ ports: { ...made, clock }, settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		return { coordinator, workspace };
	}
	let probe = vectors(4);
	/** Resolves when the status is as wanted. */
	const until = (coordinator: Coordinator, isWanted: (status: ReturnType<Coordinator['status']>) => boolean) =>
		new Promise<void>((resolve) => {
			const listener = coordinator.onDidChangeStatus((status) => {
				if (!isWanted(status)) return;
				listener.dispose();
				resolve();
			});
			if (isWanted(coordinator.status())) resolve();
		});

	it.each<[string, Answer, string]>([
		['hangs', () => undefined, 'server-timeout'],
		['answers 500', json(500, { error: 'out of memory' }), 'server-error'],
		['answers with something else', json(200, { hello: 'world' }), 'server-error'],
	])('keeps words searchable while the server %s, says so, and makes the vectors when it is well again', async (_, ill, code) => {
		probe = vectors(4);
		let isWell = false;
		const coordinator = await start(() => (isWell ? vectors(4) : ill));
		await coordinator.startIndexing();
		await until(coordinator, ({ problems }) => problems.length > 0);
		expect(coordinator.status()).toMatchObject({ isSearchable: true, vectors: { done: 0, total: 20 }, problems: [{ code }] });
		expect((await coordinator.search({ query: 'beacon7', limit: 1, canEmbed: false })).hits[0]?.filePath).toBe('f7.ts');
		isWell = true;
		await until(coordinator, ({ problems, vectors: { done, total } }) => problems.length === 0 && done === total);
		expect(coordinator.status().phase).toBe('ready');
	});

	it('takes no more for a while again and again: what was made is kept, no text is asked for twice, and all get their vectors', async () => {
		probe = vectors(4);
		let requests = 0;
		const made: string[] = [];
		const codes = new Set<string>();
		const coordinator = await start(() => (response, request, body) => {
			// The second request of each batch is refused.
			if (++requests % 2 === 0) return json(429, {}, { 'retry-after': '1' })(response, request, body);
			made.push(...(JSON.parse(body) as { input: readonly string[] }).input);
			return vectors(4)(response, request, body);
		});
		coordinator.onDidChangeStatus(({ problems }) => {
			for (const { code } of problems) codes.add(code);
		});
		await coordinator.startIndexing();
		await until(coordinator, ({ phase, vectors: { done, total } }) => phase === 'ready' && done === total);
		expect([...codes]).toEqual(['rate-limited']);
		expect(made).toHaveLength(20);
		expect(new Set(made).size).toBe(20);
	});

	it('makes all vectors anew when the server has another model under the same name, and mixes none', async () => {
		probe = vectors(4);
		let requests = 0;
		const problems = new Set<string>();
		const coordinator = await start(() => {
			// The first batch is of the old model; from then on the server has another one.
			if (++requests > 1) probe = vectors(5);
			return requests === 1 ? vectors(4) : vectors(5);
		});
		coordinator.onDidChangeStatus((status) => {
			for (const problem of status.problems) problems.add(problem.code);
		});
		await coordinator.startIndexing();
		await until(coordinator, ({ embedding, phase, vectors: { done, total } }) => embedding?.dimension === 5 && phase === 'ready' && done === total);
		expect([...problems]).toEqual(['dimension-changed']);
		expect(coordinator.status()).toMatchObject({ phase: 'ready', problems: [], isSearchable: true, vectors: { done: 20, total: 20 } });
	});

	it.skipIf(outsideAddress === undefined)('on another machine gives it no text of local-only files, neither while indexing nor for a question', async () => {
		const server = await startModelServer(vectors(4), outsideAddress);
		const code = (name: string) => `export function ${name}(amount: number) {\n\treturn amount * 2;\n}\n`;
		const { coordinator, workspace } = await open(
			{
				'open.ts': code('openLedger'),
				'vault/.hybridlocal': '*',
				'vault/keys.ts': code('vaultTurner'),
				'marked.ts': `// hybrid:local-only\n${code('markedTurner')}`,
			},
			server,
		);
		const sent = () => server.requests.map(({ body }) => body).join('\n');
		await coordinator.startIndexing();
		await until(coordinator, ({ vectors: { done }, folders }) => done > 0 && folders.every(({ phase }) => phase === 'ready'));
		expect((await coordinator.search({ query: 'which function turns an amount', limit: 5 })).hits.map(({ filePath }) => filePath)).toContain('vault/keys.ts');
		const query = { interactionId: 'i', prompt: 'what does it do', history: [], attachments: [], model: null };
		for (const path of ['vault/keys.ts', 'marked.ts']) {
			const signals = { activeFile: workspace.join(path) };
			await coordinator.ask({ ...query, command: 'explain', signals }, () => undefined);
		}
		expect(sent()).toContain('openLedger');
		expect(sent()).not.toMatch(/vaultTurner|markedTurner|local-only/);

		workspace.write({ 'vault/.hybridlocal': '' });
		coordinator.filesChanged([{ path: workspace.join('vault/.hybridlocal'), kind: 'changed' }]);
		await until(coordinator, () => sent().includes('vaultTurner'));
		expect(sent()).not.toContain('markedTurner');
	});

	it.skipIf(outsideAddress === undefined)('on another machine gives it nothing that was learned from local-only files, and nobody else either', async () => {
		const server = await startModelServer(vectors(4), outsideAddress);
		const code = (name: string) => `export function ${name}(amount: number) {\n\tvar doubled = amount * 2;\n\treturn doubled;\n}\n`;
		const { coordinator, workspace } = await open({ 'open.ts': code('openLedger'), 'vault/.hybridlocal': '*', 'vault/keys.ts': code('vaultTurner') }, server);
		const sent = () => server.requests.map(({ body }) => body).join('\n');
		await coordinator.startIndexing();
		await until(coordinator, ({ vectors: { done }, folders }) => done > 0 && folders.every(({ phase }) => phase === 'ready'));
		const learnFrom = (path: string, name: string) => {
			const text = code(name);
			const diagnostic = { message: `${name} holds a var, use let or const.`, source: 'eslint', code: `no-var-${name}`, offset: text.indexOf('var ') };
			const request = { path: workspace.join(path), languageId: 'typescript', text, diagnostic };
			return coordinator.recordFix({ ...request, after: text.replace('var ', 'let '), isVerified: true, interactionIds: [] });
		};
		await learnFrom('vault/keys.ts', 'vaultTurner');
		await learnFrom('open.ts', 'openLedger');
		const query = { interactionId: uuid(1), prompt: 'what fixes a var', history: [], attachments: [], signals: {}, model: null };
		const solutionsFor = async (leavesMachine: boolean) => (await coordinator.augment({ ...query, leavesMachine })).knowledge.map(({ text }) => text).join('\n');
		await expect.poll(() => solutionsFor(false)).toContain('openLedger');
		expect(sent()).toContain('openLedger holds a var');
		// Code and learned items are found by one vector, which is asked for once.
		const asked = () => server.requests.filter(({ body }) => body.includes('what fixes a var')).length;
		const before = asked();
		await solutionsFor(true);
		expect(asked() - before).toBe(1);

		// The same kind of error, fixed in both kinds of files: from then on all of it stays here.
		await learnFrom('vault/keys.ts', 'openLedger');
		await coordinator.ask({ ...query, attachments: [{ path: workspace.join('vault/keys.ts') }] }, () => undefined);
		const diagnostic = { path: workspace.join('vault/keys.ts'), line: 2, severity: 'error' as const, message: 'vaultTurner is wrong here', source: 'ts', code: '1' };
		const fix = { interactionId: uuid(2), path: diagnostic.path, text: code('vaultTurner'), language: 'typescript', diagnostics: [diagnostic], model: null };
		await coordinator.proposeFix(fix).catch(() => undefined);
		expect(await solutionsFor(true)).toBe('');
		expect(await coordinator.findKnowledge({ text: 'a var', collections: ['error-solutions'], limit: 9 })).toEqual([]);
		const { items } = await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 9 });
		expect(items.map(({ isLocalOnly }) => isLocalOnly)).toEqual([true, true]);
		await expect(coordinator.knowledge.change(items[0]?.id ?? '', { action: 'share' })).rejects.toMatchObject({ code: 'invalid-argument' });
		const { text } = await coordinator.knowledge.export({ collections: ['error-solutions', 'interaction-history'] });
		expect(text).not.toMatch(/vaultTurner|openLedger|what fixes/);
		expect(sent()).not.toContain('vaultTurner');
	});
});
