import { afterEach, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Coordinator } from '#core/domain/requests';
import type { ClockPort } from '#core/ports';
import { settingsFromWire } from '#core/settingsFromWire';
import { createClock } from '#node/clock';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { assetsPath } from '../support/assets.ts';
import { type Answer, json, startModelServer } from '../support/modelServer.ts';
import { temporaryFolder } from '../support/workspace.ts';

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
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}.ts`, `export const beacon${i} = ${i};\n`])));
		const server = await startModelServer((response, request, body) => (body.includes('"probe"') ? probe : answer())(response, request, body));
		cleanUps.push(() => Promise.resolve(server[Symbol.asyncDispose]()));
		const made = createPorts({
			assetsPath: assetsPath(),
			threads: 1,
			log: createLog(() => undefined, 'off'),
			secrets: { get: async () => null },
			hostModels: { models: async () => [] },
		});
		const { settings } = settingsFromWire({ embedding: { provider: 'ollama', url: server.origin, model: 'm' } });
		const { coordinator } = await createCoordinator({ ports: { ...made, clock }, settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		return coordinator;
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
});
