import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import { createFileProcessor } from '#node/fileProcessor';
import { assetsPath } from '../support/assets.ts';
import { movableClock, type OpenIngest, type OpenIngestOptions, openIngest } from '../support/ingest.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const processor = createFileProcessor({ assetsPath: assetsPath(), threads: 2 });
afterAll(() => processor.close());

const FILES = {
	'src/parcel.ts': 'export function weighParcel(parcel: Parcel): number {\n\treturn parcel.grams / 1000;\n}\n',
	'src/stamp.ts': 'export function stampPrice(weight: number): number {\n\treturn weight * 7;\n}\n',
	'lib/route.py': 'def shortest_route(graph, start, goal):\n    return dijkstra(graph, start)[goal]\n',
};

describe('ingest', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});
	function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): TemporaryFolder {
		const made = temporaryFolder();
		cleanUps.push(() => made[Symbol.dispose]());
		made.write(files);
		return made;
	}
	async function open(workspace: string, data: TemporaryFolder, more: Partial<OpenIngestOptions> = {}): Promise<OpenIngest> {
		const ingest = await openIngest({ workspace, dataDirectory: data.path, processor, ...more });
		cleanUps.push(() => ingest.close());
		return ingest;
	}
	/** Runs git in a folder, with an identity of its own. */
	const git = (path: string, ...args: string[]) =>
		execFileSync('git', ['-C', path, '-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'init.defaultBranch=main', ...args], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
	function repository(files = FILES): TemporaryFolder {
		const made = folder(files);
		git(made.path, 'init', '-q');
		git(made.path, 'add', '.');
		git(made.path, 'commit', '-qm', 'one');
		return made;
	}
	const changed = (ingest: OpenIngest, workspace: TemporaryFolder, ...paths: string[]) => {
		ingest.queue.filesChanged(paths.map((path) => ({ path: workspace.join(path), kind: 'changed' })));
		return ingest.queue.whenIdle();
	};

	it('makes a folder searchable, and takes over a change, a new file and a deletion without reading anything else', async () => {
		const workspace = folder({ ...FILES, '.gitignore': '*.gen.ts\n' });
		const ingest = await open(workspace.path, folder());
		await ingest.queue.start();
		expect(ingest.queue.status()).toMatchObject({ isSearchable: true, folder: { files: 4, languages: { typescript: 2, python: 1 } } });
		expect(await ingest.search('dijkstra')).toEqual(['lib/route.py']);
		ingest.processed.length = 0;

		workspace.write({
			'src/stamp.ts': 'export const surcharge = 3;\n',
			'src/deep/new.ts': 'export const freshlyAdded = 1;\n',
			'src/x.gen.ts': 'export const freshlyAdded = 2;\n',
		});
		await changed(ingest, workspace, 'src/stamp.ts', 'src/deep/new.ts', 'src/x.gen.ts');
		expect(ingest.processed.sort()).toEqual(['src/deep/new.ts', 'src/stamp.ts']);
		expect(await ingest.search('stampPrice surcharge')).toEqual(['src/stamp.ts']);
		expect(await ingest.search('freshlyAdded')).toEqual(['src/deep/new.ts']);

		rmSync(workspace.join('lib'), { recursive: true });
		await changed(ingest, workspace, 'lib');
		expect(await ingest.search('dijkstra')).toEqual([]);
		expect(ingest.queue.status().folder.files).toBe(4);
	});

	it('finds what changed while nobody watched, and reads only that', async () => {
		const workspace = folder(FILES);
		const data = folder();
		const first = await open(workspace.path, data);
		await first.queue.start();
		await first.queue.close();
		workspace.write({ 'src/stamp.ts': 'export const changedOffline = 3;\n' });
		rmSync(workspace.join('src/parcel.ts'));
		const second = await open(workspace.path, data);
		await second.queue.start();
		expect(second.processed).toEqual(['src/stamp.ts']);
		expect(await second.search('changedOffline weighParcel')).toEqual(['src/stamp.ts']);
	});

	it('reads nothing again after a switch to a known branch and back', async () => {
		const workspace = repository();
		const ingest = await open(workspace.path, folder());
		await ingest.queue.start();
		git(workspace.path, 'checkout', '-qb', 'other');
		workspace.write({ 'src/stamp.ts': 'export const windmill = 1;\n', 'src/more.ts': 'export const lighthouse = 1;\n' });
		git(workspace.path, 'add', '.');
		git(workspace.path, 'commit', '-qm', 'two');
		await changed(ingest, workspace, '.git/HEAD');
		expect(await ingest.search('windmill lighthouse')).toHaveLength(2);
		ingest.processed.length = 0;
		for (const [branch, word, path] of [
			['main', 'stampPrice', 'src/stamp.ts'],
			['other', 'lighthouse', 'src/more.ts'],
		] as const) {
			git(workspace.path, 'checkout', '-q', branch);
			await changed(ingest, workspace, '.git/HEAD');
			expect(await ingest.search(word)).toEqual([path]);
		}
		expect(ingest.processed).toEqual([]);
	});

	it('shares outlines and vectors between two worktrees of one repository', async () => {
		const workspace = repository();
		const linked = folder();
		git(workspace.path, 'worktree', 'add', '-q', linked.join('linked'), '-b', 'linked');
		const data = folder();
		const model = countingModel();
		const first = await open(workspace.path, data, { embedding: async () => model });
		await first.queue.start();
		await first.queue.whenIdle({ vectors: true });
		expect(model.texts.length).toBe(first.queue.status().vectors.total);
		const second = await open(linked.join('linked'), data, { embedding: async () => model });
		const embedded = model.texts.length;
		await second.queue.start();
		await second.queue.whenIdle({ vectors: true });
		expect(second.worktree).toMatchObject({ repositoryId: first.worktree.repositoryId });
		expect(second.worktree.id).not.toBe(first.worktree.id);
		expect(second.processed).toEqual([]);
		expect(model.texts.length).toBe(embedded);
		expect(second.queue.status().vectors).toEqual({ done: embedded, total: embedded });
		expect(await second.search('dijkstra')).toEqual(['lib/route.py']);
	});

	it('keeps the index of a repository that was moved', async () => {
		const workspace = repository();
		const data = folder();
		const first = await open(workspace.path, data);
		await first.queue.start();
		await first.close();
		const moved = folder().join('moved');
		renameSync(workspace.path, moved);
		const second = await open(moved, data);
		expect(await second.search('dijkstra')).toEqual(['lib/route.py']);
		await second.queue.start();
		expect(second.processed).toEqual([]);
	});

	it('applies a changed ignore file in both directions', async () => {
		const workspace = folder({ ...FILES, '.gitignore': 'lib/\n' });
		const ingest = await open(workspace.path, folder());
		await ingest.queue.start();
		expect(await ingest.search('dijkstra stampPrice')).toEqual(['src/stamp.ts']);
		workspace.write({ '.gitignore': 'src/\n' });
		await changed(ingest, workspace, '.gitignore');
		expect(await ingest.search('dijkstra stampPrice')).toEqual(['lib/route.py']);
		workspace.write({ 'lib/.hybridignore': '*.py\n' });
		await changed(ingest, workspace, 'lib/.hybridignore');
		expect(await ingest.search('dijkstra stampPrice')).toEqual([]);
	});

	it('waits in the middle of a run while paused, and ends and begins anew when stopped', async () => {
		const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`f${i}.ts`, `export const value${i} = ${i};\n`]));
		const workspace = folder(many);
		const batches: number[] = [];
		let reached: () => void = () => undefined;
		const ingest = await open(workspace.path, folder(), {
			onRecord: (paths) => {
				batches.push(paths.length);
				if (batches.length === 1) ingest.queue.pause();
				if (batches.length === 3) ingest.queue.stop();
				reached();
			},
		});
		const started = ingest.queue.start();
		await new Promise<void>((resolve) => {
			reached = resolve;
		});
		await started;
		expect(ingest.queue.status()).toMatchObject({ isSearchable: false, folder: { phase: 'paused' } });
		expect(batches).toHaveLength(1);
		ingest.queue.resume();
		await ingest.queue.whenIdle();
		expect(ingest.queue.status().folder.phase).toBe('stopped');
		expect(batches).toHaveLength(3);
		await ingest.queue.start();
		expect(ingest.queue.status()).toMatchObject({ isSearchable: true, folder: { files: 600 } });
		expect(batches.reduce((sum, n) => sum + n, 0)).toBe(600);
	});

	it.each<[string, EmbeddingModel['embed'], string]>([
		['fails', async () => Promise.reject(new CoordinatorError('server-unreachable', 'nobody there', { isRetryable: true })), 'server-unreachable'],
		['never answers', () => new Promise(() => undefined), 'server-timeout'],
	])('keeps words searchable while the embedding model %s, and makes the vectors when it is back', async (_, broken, code) => {
		const clock = movableClock();
		const model = countingModel();
		let isBroken = true;
		const flaky: EmbeddingModel = { ...model, embed: (texts, options) => (isBroken ? broken(texts, options) : model.embed(texts, options)) };
		const ingest = await open(folder(FILES).path, folder(), { clock, embedding: async () => flaky });
		await ingest.queue.start();
		await ingest.queue.whenIdle({ vectors: true });
		expect(ingest.queue.status()).toMatchObject({ isSearchable: true, vectors: { done: 0 }, problems: [{ code }] });
		expect(await ingest.search('dijkstra')).toEqual(['lib/route.py']);
		isBroken = false;
		clock.advance(600_000);
		await new Promise<void>((resolve) => {
			const listener = ingest.queue.onDidChange(() => {
				const { vectors, problems } = ingest.queue.status();
				if (vectors.done < vectors.total || problems.length > 0) return;
				listener.dispose();
				resolve();
			});
		});
		expect(model.texts).toHaveLength(ingest.queue.status().vectors.total);
	});

	it('gives a second user of the data directory the words of the first, and the work when that one ends', async () => {
		const workspace = folder(FILES);
		const data = folder();
		const clock = movableClock();
		const holder = await open(workspace.path, data, { clock });
		const follower = await open(workspace.path, data, { clock });
		await holder.queue.start();
		await follower.queue.start();
		expect(follower.queue.status()).toMatchObject({ isSearchable: true, folder: { phase: 'following', files: 3 } });
		expect(follower.processed).toEqual([]);
		expect(await follower.search('dijkstra')).toEqual(['lib/route.py']);
		await holder.queue.close();
		workspace.write({ 'src/stamp.ts': 'export const afterHandOver = 1;\n' });
		await new Promise<void>((resolve) => {
			const listener = follower.queue.onDidChange(() => {
				if (follower.queue.status().folder.phase !== 'ready') return;
				listener.dispose();
				resolve();
			});
		});
		expect(follower.processed).toEqual(['src/stamp.ts']);
	});
});

/** Gives every text a vector of its own, and remembers the texts. */
function countingModel(): EmbeddingModel & { readonly texts: string[] } {
	const texts: string[] = [];
	return {
		id: 'counting',
		label: 'counting',
		dimension: 4,
		maxTokens: 256,
		isRemote: false,
		texts,
		embed: async (batch) => {
			texts.push(...batch);
			return batch.map((text) => new Float32Array([1, text.length % 7, text.length % 5, 1]));
		},
		calibrate: () => 0,
		close: async () => undefined,
	};
}
