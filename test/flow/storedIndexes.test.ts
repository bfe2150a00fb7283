import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { StoredIndexes } from '#core/store/storedIndexes';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe('stored indexes', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});
	const logged: string[] = [];
	function ports() {
		const made = createPorts({
			assetsPath: assetsPath(),
			threads: 1,
			log: createLog((_, message) => logged.push(message), 'info'),
			secrets: { get: async () => null },
			hostModels: { models: async () => [] },
		});
		cleanUps.push(() => made.processor.close());
		return made;
	}
	function folder(): TemporaryFolder {
		const made = temporaryFolder();
		cleanUps.push(() => made[Symbol.dispose]());
		return made;
	}
	function workspace(word: string): TemporaryFolder {
		const made = folder();
		made.write({ 'a.ts': `export const ${word} = 1;\n` });
		return made;
	}
	async function start(data: TemporaryFolder, wire: object = {}): Promise<Coordinator> {
		const { index = {} } = wire as { index?: object };
		const { settings } = settingsFromWire({ embedding: { provider: 'none' }, index });
		const { coordinator } = await createCoordinator({ ports: ports(), settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		return coordinator;
	}
	/** Indexes a folder and closes it again; its repository's id. */
	async function indexed(data: TemporaryFolder, place: TemporaryFolder): Promise<string> {
		const coordinator = await start(data);
		await coordinator.openFolders([{ path: place.path, name: 'w' }]);
		await coordinator.startIndexing();
		await coordinator.whenIdle({ vectors: true });
		const id = coordinator.status().folders[0]?.repositoryId ?? '';
		await cleanUps.pop()?.();
		return id;
	}
	/** Another process that has the index of a folder open. */
	async function openElsewhere(data: TemporaryFolder, place: TemporaryFolder): Promise<ChildProcess> {
		const child = fork(join(repositoryRoot, 'test/support/openChild.ts'), [place.path, data.path], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
		cleanUps.push(() => void child.kill('SIGKILL'));
		await once(child, 'message');
		return child;
	}
	const filesOf = (data: TemporaryFolder, id: string) => readdirSync(data.join('repositories', id)).sort();

	it('are listed by their last use, with their folders and with everything that lies beside the database', async () => {
		const data = folder();
		const [first, second] = [workspace('first'), workspace('second')];
		const [a, b] = [await indexed(data, first), await indexed(data, second)];
		writeFileSync(data.join('repositories', a, 'index.db.codebase-context.w.snapshot'), new Uint8Array(3_000_000));
		const coordinator = await start(data);
		await coordinator.openFolders([{ path: first.path, name: 'w' }]);
		expect(await coordinator.storedIndexes()).toMatchObject([
			{ repositoryId: a, folders: [first.path], isOpen: true },
			{ repositoryId: b, folders: [second.path], isOpen: false },
		]);
		await coordinator.startIndexing();
		await coordinator.whenIdle({ vectors: true });
		expect(coordinator.status().sizeBytes).toBeGreaterThan(3_000_000);
	});

	it('over the limit are removed from the least recently used on, but none that any process has open or that a newer version wrote', async () => {
		const data = folder();
		const places = ['oldest', 'old', 'newer', 'recent'].map(workspace);
		const ids: string[] = [];
		for (const place of places) ids.push(await indexed(data, place));
		const [oldest = '', old = '', newer = '', recent = ''] = ids;
		const database = new DatabaseSync(data.join('repositories', newer, 'index.db'));
		database.exec('PRAGMA user_version = 99');
		database.close();
		const child = await openElsewhere(data, places[0] as TemporaryFolder);
		const stored = new StoredIndexes(ports(), data.path);
		// The use is that of before: the other process has opened it without a coordinator.
		expect((await stored.list(new Set())).map(({ repositoryId }) => repositoryId)).toEqual([...ids].reverse());
		logged.length = 0;
		expect((await stored.evict(0, new Set([recent]))).map(({ repositoryId }) => repositoryId)).toEqual([old]);
		expect(logged).toEqual([expect.stringContaining(places[1]?.path ?? '-')]);
		expect(filesOf(data, old)).toEqual(['index.db']);
		expect(statSync(data.join('repositories', old, 'index.db')).size).toBeLessThan(10_000);
		child.kill('SIGKILL');
		await once(child, 'exit');
		expect((await stored.evict(0, new Set([recent]))).map(({ repositoryId }) => repositoryId)).toEqual([oldest]);
		expect((await stored.list(new Set())).map(({ repositoryId }) => repositoryId)).toEqual([recent, newer]);
		// What was removed is built again like a new one.
		expect(await indexed(data, places[1] as TemporaryFolder)).toBe(old);
		expect((await stored.list(new Set()))[0]).toMatchObject({ repositoryId: old });
	});

	it('are kept within the limit when an index is ready', async () => {
		const data = folder();
		const id = await indexed(data, workspace('before'));
		writeFileSync(data.join('repositories', id, 'index.db.codebase-context.w.snapshot'), new Uint8Array(2_000_000));
		const coordinator = await start(data, { index: { diskLimitMegabytes: 1 } });
		await coordinator.openFolders([{ path: workspace('now').path, name: 'w' }]);
		const gone = new Promise<void>((resolve) => {
			const listener = coordinator.onDidChangeStatus(() => {
				if (existsSync(data.join('repositories', id, 'index.db.codebase-context.w.snapshot'))) return;
				listener.dispose();
				resolve();
			});
		});
		await coordinator.startIndexing();
		await gone;
		expect((await coordinator.storedIndexes()).map(({ isOpen }) => isOpen)).toEqual([true]);
		expect((await coordinator.search({ query: 'now', limit: 1, canEmbed: false })).hits).toHaveLength(1);
	});

	it('are cleared on request: here, at rest, and not where another process has one open', async () => {
		const data = folder();
		const [here, rest, elsewhere] = [workspace('here'), workspace('rest'), workspace('elsewhere')];
		const ids = [await indexed(data, here), await indexed(data, rest), await indexed(data, elsewhere)];
		await openElsewhere(data, elsewhere);
		const coordinator = await start(data);
		await coordinator.openFolders([{ path: here.path, name: 'w' }]);
		await coordinator.startIndexing();
		expect(await coordinator.clearStoredIndexes(ids)).toEqual({ cleared: ids.slice(0, 2), inUse: ids.slice(2) });
		expect(coordinator.status()).toMatchObject({ phase: 'not-indexed', isSearchable: false });
		expect((await coordinator.search({ query: 'here', limit: 1, canEmbed: false })).hits).toEqual([]);
		const left = (await coordinator.storedIndexes()).map(({ repositoryId }) => repositoryId);
		expect(left).not.toContain(ids[1]);
		expect(left).toContain(ids[2]);
		await coordinator.startIndexing();
		expect((await coordinator.search({ query: 'here', limit: 1, canEmbed: false })).hits).toHaveLength(1);
	});
});
