import { fork } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import { hashTerm } from '#core/domain/lexicalVector';
import { settingsFromWire } from '#core/settingsFromWire';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { shareStore } from '#core/store/shared/shareStore';
import type { VectorPoint } from '#core/store/vectorStore';
import { createClock } from '#node/clock';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { qdrantStores } from '../support/qdrant.ts';
import { codePoint, kernelModule, unit, uuid } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';

const url = process.env.QDRANT_URL ?? '';
const CODE = 'codebase-context';
const words = (word: string) => ({ lexical: [{ field: 'text', terms: [{ hash: hashTerm(word), weight: 1 }] }], limit: 99 }) as const;

describe.skipIf(url === '')('a real Qdrant server (QDRANT_URL)', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});
	const stores = () => {
		const opened = qdrantStores(url);
		cleanUps.push(() => opened.dispose());
		return opened;
	};

	test('is given what the settings say of shards, replicas, disk and quantization, an idf, and indexes of what is filtered by', async () => {
		const made = qdrantStores(url, { shards: 2, isOnDisk: true, quantization: 'int8' });
		cleanUps.push(() => made.dispose());
		const store = made.open();
		await store.useEmbeddingModel('model-a', 4);
		await store.upsert(CODE, [codePoint(1, 'alpha', {}, { vector: unit(1, 0, 0, 0) })]);
		const { aliases } = await made.transport.request<{ readonly aliases: readonly { readonly alias_name: string; readonly collection_name: string }[] }>(
			'GET',
			'/aliases',
		);
		const name = aliases.find(({ alias_name }) => alias_name.startsWith(`${made.layout.prefix}${CODE}`))?.collection_name;
		const { config, payload_schema } = await made.transport.request<{ readonly config: object; readonly payload_schema: object }>('GET', `/collections/${name}`);
		expect(config).toMatchObject({
			params: {
				shard_number: 2,
				replication_factor: 1,
				on_disk_payload: true,
				vectors: { dense: { size: 4, distance: 'Cosine', on_disk: true } },
				sparse_vectors: { text: { modifier: 'idf', index: { on_disk: true } } },
			},
			quantization_config: { scalar: { type: 'int8', always_ram: true } },
		});
		expect(Object.keys(payload_schema)).toEqual(expect.arrayContaining(['tenant', 'owner', 'point_id', 'workspace_id', 'file_path']));
	});

	test('shows nobody what is another’s, by no way of asking, and lets nobody change it', async () => {
		const { open } = stores();
		const ada = open({ user: 'ada', team: 'blue' });
		const bob = open({ user: 'bob', team: 'blue' });
		const eve = open({ user: 'eve', team: 'red' });
		for (const store of [ada, bob, eve]) await store.useEmbeddingModel('model-a', 4);
		const skill = (number: number, scope: 'workspace' | 'global'): VectorPoint<'skills-patterns'> => {
			const point = codePoint(number, `shared skill${number}`, { scope, content_hash: `h${number}` });
			return { ...point, vector: unit(1, 0, 0, 0), payload: { ...point.payload, skill_name: 'shared' } as never };
		};
		await ada.upsert(CODE, [codePoint(1, 'secret plan', { scope: 'global' }, { vector: unit(1, 0, 0, 0), staticVector: Int8Array.of(127, 0) })]);
		await ada.upsert('skills-patterns', [skill(2, 'workspace'), skill(3, 'global')]);
		// Each has a collection, so that there is something to ask.
		await bob.upsert(CODE, [codePoint(1, 'other words', {}, { vector: unit(0, 1, 0, 0) })]);
		await bob.upsert('skills-patterns', [skill(4, 'workspace')]);
		await eve.upsert('skills-patterns', [skill(5, 'workspace')]);
		await eve.upsert(CODE, [codePoint(6, 'nothing', {}, { vector: unit(0, 0, 1, 0) })]);

		for (const other of [bob, eve]) {
			expect((await other.search(CODE, words('secret'))).length).toBe(0);
			expect((await other.search(CODE, { dense: { vector: unit(1, 0, 0, 0) }, limit: 9 })).some(({ payload }) => payload.code_snippet.includes('secret'))).toBe(false);
			expect(await other.search(CODE, { static: { vector: unit(1, 0) }, limit: 9 })).toEqual([]);
			expect(await other.searchDocuments({ lexical: words('secret').lexical[0], limit: 9 })).toEqual([]);
			expect((await other.scroll(CODE, { limit: 9 })).points.length).toBe(1);
			expect(await other.count(CODE, { must: [{ key: 'owner', match: { value: 'ada' } }] })).toBe(0);
			expect(await other.count(CODE, { should: [{ key: 'tenant', match: { value: 'user:ada' } }] })).toBe(0);
			expect((await other.termStatistics(CODE, { field: 'text', hashes: [hashTerm('secret')] })).frequencies).toEqual([0]);
			expect((await other.vectors(['hash1'])).get('hash1')?.[0] ?? 0).toBe(0);
		}
		const names = async (store: typeof ada) => (await store.search('skills-patterns', { dense: { vector: unit(1, 0, 0, 0) }, limit: 9 })).map(({ id }) => id).sort();
		expect(await names(ada)).toEqual([uuid(2), uuid(3)]);
		expect(await names(bob)).toEqual([uuid(3), uuid(4)]);
		expect(await names(eve)).toEqual([uuid(5)]);

		// A member who has nothing yet finds what the team shares.
		const newcomer = open({ user: 'new', team: 'blue' });
		await newcomer.useEmbeddingModel('model-a', 4);
		expect(await names(newcomer)).toEqual([uuid(3)]);
		expect(await newcomer.count('skills-patterns')).toBe(1);

		// What others share is paged with whose it is, and what is one's own or another team's is not among it.
		const theirs = async (store: typeof ada, limit = 9) => (await store.scrollOthers('skills-patterns', { limit }))?.points.map(({ id, owner }) => `${id} ${owner}`);
		expect(await theirs(ada)).toEqual([]);
		for (const reader of [bob, newcomer]) expect(await theirs(reader)).toEqual([`${uuid(3)} ada`]);
		expect(await theirs(eve)).toEqual([]);
		expect((await bob.scrollOthers('skills-patterns', { filter: { must: [{ has_id: [uuid(2)] }] }, limit: 9 }))?.points).toEqual([]);
		expect(await open({ user: 'bob', team: null }).scrollOthers('skills-patterns', { limit: 9 })).toBeNull();
		expect((await bob.scrollOthers(CODE, { limit: 9 }))?.points).toEqual([]);

		await bob.setPayload('skills-patterns', [uuid(3)], { status: 'retired' });
		await bob.delete('skills-patterns', { ids: [uuid(3)] });
		await bob.delete('skills-patterns', { filter: {} });
		await bob.upsert('skills-patterns', [skill(3, 'global')]);
		expect((await ada.get('skills-patterns', [uuid(3)]))[0]?.payload.status).toBe('active');
		expect(await names(ada)).toContain(uuid(2));
		// The same id of ours is another point for another user.
		expect((await ada.get(CODE, [uuid(1)]))[0]?.payload.code_snippet).toBe('secret plan');
		expect((await bob.get(CODE, [uuid(1)]))[0]?.payload.code_snippet).toBe('other words');
		await ada.setPayload('skills-patterns', [uuid(3)], { scope: 'workspace' });
		await ada.upsert('skills-patterns', [skill(3, 'workspace')]);
		expect((await bob.get('skills-patterns', [uuid(3)])).every(({ payload }) => payload.scope === 'global')).toBe(true);
	});

	test('a process that is killed while it writes and delivers loses nothing, and nothing is there twice', async () => {
		const { open, layout } = stores();
		using folder = temporaryFolder();
		const path = folder.join('index.db');
		let acknowledged = -1;
		for (let round = 0; round < 4; round++) {
			const child = fork(join(repositoryRoot, 'test/support/deliverChild.ts'), [path, url, layout.prefix], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
			const target = acknowledged + 150 + round * 37;
			await new Promise<void>((resolve, reject) => {
				child.on('message', (number) => {
					acknowledged = Math.max(acknowledged, Number(number));
					if (acknowledged >= target) child.kill('SIGKILL');
				});
				child.on('exit', (_, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error('The child ended by itself.'))));
			});
		}
		const database = await createSqliteEngine({ assetsPath: assetsPath(), prefer: 'node:sqlite' }).open(path);
		migrate(database, INDEX_MIGRATIONS, { path, backup: () => undefined });
		const local = new EmbeddedVectorStore(database, await kernelModule());
		const store = shareStore(
			local,
			database,
			{
				url,
				layout,
				tenancy: { user: 'ada', team: null },
				apiKey: async () => process.env.QDRANT_API_KEY ?? null,
				mayLeave: async (_, points) => points.map(() => true),
				fetch,
				owner: 'afterwards',
				onDidChange: () => undefined,
			},
			{ clock: { ...createClock(), nowMs: () => Date.now() + 200_000 }, log: createLog(() => undefined, 'off') },
		);
		const points = await local.count(CODE);
		expect(points).toBeGreaterThan(acknowledged);
		const [moved] = await store.move('qdrant', { clock: createClock(), onProgress: () => undefined });
		expect(moved).toMatchObject({ here: points, there: points, different: 0 });
		await store.close();
		const remote = open({ user: 'ada', team: null });
		expect(await remote.count(CODE)).toBe(points);
		const documents = await remote.searchDocuments({ lexical: words('shared').lexical[0], limit: 99 });
		expect(documents.length).toBe(20);
	}, 120_000);

	test('answers a coordinator’s questions with the same hits, and is told nothing that may not leave', async () => {
		const { layout, transport, dispose: _ } = stores();
		using workspace = temporaryFolder();
		using data = temporaryFolder();
		workspace.write({
			'src/invoice.ts':
				'/** Sums the lines of an invoice. */\nexport function invoiceTotal(lines: number[]): number {\n\treturn lines.reduce((sum, line) => sum + line, 0);\n}\n',
			'src/backup.ts': '/** Uploads a backup archive. */\nexport function uploadBackup(path: string): string {\n\treturn path;\n}\n',
			'private/.hybridlocal': '*\n',
			'private/salary.ts': '/** Computes the salary of the owner. */\nexport function ownerSalary(): number {\n\treturn 1;\n}\n',
		});
		const search = async (wire: Record<string, unknown>, after: 'search' | 'move') => {
			const ports = createPorts({
				assetsPath: assetsPath(),
				threads: 1,
				log: createLog(() => undefined, 'off'),
				secrets: { get: async () => process.env.QDRANT_API_KEY ?? null },
				hostModels: { models: async () => [] },
			});
			const { coordinator } = await createCoordinator({ ports, settings: settingsFromWire(wire).settings, dataDirectory: data.path });
			try {
				await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
				await coordinator.startIndexing();
				await coordinator.whenIdle({ vectors: true });
				const report = after === 'move' ? await coordinator.moveStores('qdrant', () => undefined) : null;
				const ask = async (query: string) => (await coordinator.search({ query, limit: 5 })).hits.map(({ filePath, startLine }) => `${filePath}:${startLine}`);
				return { report, hits: [await ask('sum the lines of an invoice'), await ask('salary of the owner'), await ask('upload a backup')], status: coordinator.status() };
			} finally {
				await coordinator.close();
			}
		};
		const qdrant = { url, prefix: layout.prefix, user: 'ada' };
		const embedded = await search({}, 'search');
		const shared = await search({ qdrant }, 'move');
		expect(shared.report?.isVerified).toBe(true);
		// The rule file is text as well.
		expect(shared.report?.collections[0]).toMatchObject({ collection: CODE, kept: 2 });
		expect(shared.hits).toEqual(embedded.hits);
		expect(shared.hits[1]?.[0]).toMatch(/^private\/salary\.ts/);
		const { collections } = await transport.request<{ readonly collections: readonly { readonly name: string }[] }>('GET', '/collections');
		for (const { name } of collections.filter((collection) => collection.name.startsWith(layout.prefix))) {
			const page = await transport.request<object>('POST', `/collections/${name}/points/scroll`, { body: { limit: 999, with_payload: true } });
			expect(JSON.stringify(page)).not.toMatch(/salary/i);
		}
	}, 120_000);
});

test.skipIf(url !== '')('a real Qdrant server: QDRANT_URL names none, so tenants, kills and hits were not tested on one', () => undefined);
