import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Worktree } from '#core/domain/file';
import { hashTerm } from '#core/domain/lexicalVector';
import type { ManifestStore } from '#core/store/manifestStore';
import type { VectorStore } from '#core/store/vectorStore';
import { chunkedFile, unit } from '../support/stores.ts';

const worktree = (id: string): Worktree => ({
	id,
	repositoryId: 'r',
	path: `/${id}`,
	name: id,
});
const W1 = worktree('w1');
const W2 = worktree('w2');

/** What every ManifestStore keeps to, together with the VectorStore whose points it writes. `advance` moves the clock. */
export function manifestStoreContract(
	name: string,
	open: () => Promise<{
		readonly manifest: ManifestStore;
		readonly vectors: VectorStore;
		readonly advance: (ms: number) => void;
		readonly dispose: () => Promise<void>;
	}>,
): void {
	describe(name, () => {
		let opened: Awaited<ReturnType<typeof open>>;
		let manifest: ManifestStore;
		let vectors: VectorStore;
		beforeEach(async () => {
			opened = await open();
			({ manifest, vectors } = opened);
			await vectors.useEmbeddingModel('model', 2);
		});
		afterEach(() => opened.dispose());
		const ids = async (workspace = 'w1') =>
			(
				await vectors.scroll('codebase-context', {
					filter: {
						must: [{ key: 'workspace_id', match: { value: workspace } }],
					},
					limit: 99,
				})
			).points
				.map(({ id }) => id)
				.sort();
		const find = async (word: string) =>
			(
				await vectors.search('codebase-context', {
					lexical: [{ field: 'text', terms: [{ hash: hashTerm(word), weight: 1 }] }],
					limit: 9,
				})
			).map(({ payload }) => payload.file_path);

		test('what is recorded is an entry, has chunks, and is found; what is removed is none of it', async () => {
			await manifest.record(W1, [chunkedFile('src/a.ts', ['alpha one', 'beta two']), chunkedFile('src/b.ts', ['gamma']), chunkedFile('lib/c.ts', ['delta'])]);
			expect([...(await manifest.entries('w1')).keys()].sort()).toEqual(['lib/c.ts', 'src/a.ts', 'src/b.ts']);
			expect([...(await manifest.entries('w1', ['src'])).keys()].sort()).toEqual(['src/a.ts', 'src/b.ts']);
			expect((await manifest.entries('w1', ['src/a.ts'])).get('src/a.ts')).toMatchObject({
				chunkCount: 2,
				lineCount: 2,
				language: 'typescript',
				skipReason: null,
			});
			expect((await manifest.chunks('w1', 'src/a.ts')).map(({ text, startLine }) => [text, startLine])).toEqual([
				['alpha one', 1],
				['beta two', 2],
			]);
			expect(await find('beta')).toEqual(['src/a.ts']);
			await manifest.remove(W1, ['src/a.ts', 'absent.ts']);
			expect(await find('beta')).toEqual([]);
			expect(await manifest.chunks('w1', 'src/a.ts')).toEqual([]);
			expect((await manifest.entries('w1')).size).toBe(2);
		});

		test('a changed file keeps the points of unchanged content, however its lines move', async () => {
			await manifest.record(W1, [chunkedFile('a.ts', ['alpha', 'beta', 'alpha'])]);
			const before = await ids();
			expect(new Set(before).size).toBe(3);
			await manifest.record(W1, [chunkedFile('a.ts', ['alpha', 'beta', 'alpha'], { firstLine: 40 })]);
			expect(await ids()).toEqual(before);
			expect((await vectors.get('codebase-context', before)).map(({ payload }) => payload.start_line).sort()).toEqual([40, 41, 42]);
			await manifest.record(W1, [chunkedFile('a.ts', ['alpha', 'gamma'])]);
			const after = await ids();
			expect(after.length).toBe(2);
			expect(after.filter((id) => before.includes(id)).length).toBe(1);
			expect([await find('beta'), await find('gamma')]).toEqual([[], ['a.ts']]);
		});

		test('points and entries appear together or not at all', async () => {
			await manifest.record(W1, [chunkedFile('a.ts', ['alpha'])]);
			const broken = {
				...chunkedFile('b.ts', ['beta']),
				language: undefined as unknown as string,
			};
			await expect(manifest.record(W1, [chunkedFile('a.ts', ['changed']), broken])).rejects.toThrow();
			expect([await find('alpha'), await find('changed'), await find('beta')]).toEqual([['a.ts'], [], []]);
			expect((await manifest.entries('w1')).size).toBe(1);
		});

		test('two worktrees share outlines and vectors, and nothing else', async () => {
			const file = chunkedFile('a.ts', ['alpha', 'beta']);
			await manifest.record(W1, [file]);
			const [point] = await vectors.get('codebase-context', await ids());
			await vectors.putVectors([
				{
					contentHash: String(point?.payload.content_hash),
					vector: unit(1, 0),
				},
			]);
			expect(await manifest.hasOutlines()).toBe(true);
			expect(await manifest.knownOutlines([`${file.contentHash}:typescript`, `${file.contentHash}:go`])).toEqual(new Set([`${file.contentHash}:typescript`]));
			await manifest.recordKnown(W2, [
				{
					path: 'moved/a.ts',
					contentHash: file.contentHash,
					language: 'typescript',
					sizeBytes: 1,
					mtimeMs: 2,
				},
			]);
			expect((await vectors.info('codebase-context', 'w2')).vectors).toBe(1);
			expect((await ids('w2')).some((id) => [point?.id].includes(id))).toBe(false);
			await manifest.clear('w1');
			expect([await ids('w1'), (await ids('w2')).length, await find('alpha')]).toEqual([[], 2, ['moved/a.ts']]);
			expect((await vectors.info('codebase-context', 'w2')).vectors).toBe(1);
			await manifest.clear();
			expect([await manifest.hasOutlines(), (await manifest.entries('w2')).size, await find('alpha')]).toEqual([false, 0, []]);
		});

		test('sums up, and counts what was skipped or failed', async () => {
			await manifest.record(W1, [
				chunkedFile('a.ts', ['alpha', 'beta']),
				{
					status: 'skipped',
					path: 'big.bin',
					reason: 'binary',
					sizeBytes: 9,
					mtimeMs: 1,
				},
				{ status: 'failed', path: 'bad.ts', message: 'broken' },
			]);
			await manifest.record(W1, [{ status: 'failed', path: 'bad.ts', message: 'broken' }]);
			await manifest.recordSkips(W1, { ignored: 5, binary: 2 }, { binary: ['x.png'] });
			await manifest.recordSkips(W1, { ignored: 3, binary: 2 }, { binary: ['x.png'] });
			expect(await manifest.totals('w1')).toMatchObject({
				files: 1,
				lines: 2,
				chunks: 2,
				languages: { typescript: 1 },
				skipped: { ignored: 3, binary: 3, unreadable: 1 },
			});
			expect(await manifest.skippedExamples('w1', 'binary', 5)).toEqual(['big.bin', 'x.png']);
			expect((await manifest.entries('w1')).get('bad.ts')?.failureCount).toBe(2);
			expect(await manifest.totals('absent')).toMatchObject({
				files: 0,
				lines: 0,
				chunks: 0,
				bytes: 0,
			});
		});

		test('a file that is now skipped has no points any more', async () => {
			await manifest.record(W1, [chunkedFile('a.ts', ['alpha'])]);
			await manifest.record(W1, [
				{
					status: 'skipped',
					path: 'a.ts',
					reason: 'too-large',
					sizeBytes: 9,
					mtimeMs: 1,
				},
			]);
			expect(await find('alpha')).toEqual([]);
			expect((await manifest.entries('w1')).get('a.ts')).toMatchObject({
				contentHash: null,
				skipReason: 'too-large',
			});
		});

		test('knows which files import each other', async () => {
			await manifest.record(W1, [chunkedFile('src/a.ts', ['a'], { imports: ['./b'] }), chunkedFile('src/b.ts', ['b']), chunkedFile('src/c.ts', ['c'])]);
			expect(await manifest.importNeighbours('w1', ['src/a.ts', 'src/b.ts', 'src/c.ts'])).toEqual(
				new Map([
					['src/a.ts', ['src/b.ts']],
					['src/b.ts', ['src/a.ts']],
					['src/c.ts', []],
				]),
			);
			await manifest.remove(W1, ['src/b.ts']);
			expect(await manifest.importNeighbours('w1', ['src/a.ts'])).toEqual(new Map([['src/a.ts', []]]));
		});

		test('one owner at a time holds the lease, until it expires or is released', async () => {
			expect(await manifest.acquireLease('w1', 'one', 1_000)).toBe('acquired');
			expect(await manifest.acquireLease('w1', 'one', 1_000)).toBe('acquired');
			expect(await manifest.acquireLease('w1', 'two', 1_000)).toMatchObject({
				owner: 'one',
			});
			expect(await manifest.acquireLease('w2', 'two', 1_000)).toBe('acquired');
			opened.advance(1_001);
			expect(await manifest.acquireLease('w1', 'two', 1_000)).toBe('acquired');
			await manifest.releaseLease('w1', 'one');
			expect(await manifest.acquireLease('w1', 'one', 1_000)).toMatchObject({
				owner: 'two',
			});
			await manifest.releaseLease('w1', 'two');
			expect(await manifest.acquireLease('w1', 'one', 1_000)).toBe('acquired');
		});

		test('remembers that a first pass is finished, until it is cleared', async () => {
			expect(await manifest.isComplete('w1')).toBe(false);
			await manifest.markComplete('w1');
			await manifest.markComplete('w2');
			await manifest.clear('w1');
			expect([await manifest.isComplete('w1'), await manifest.isComplete('w2')]).toEqual([false, true]);
			expect(await manifest.sizeBytes()).toBeGreaterThan(0);
		});

		describe('garbage', () => {
			const DAY = 24 * 60 * 60 * 1000;
			const V = [1, 0];
			const known = (hash: string) => manifest.knownOutlines([`${hash}:typescript`]);

			test('is what no worktree has had for a fortnight, with its vectors; what another worktree or another file has stays', async () => {
				await manifest.record(W1, [chunkedFile('a.ts', ['alpha', 'shared'], { hash: 'A' }), chunkedFile('b.ts', ['beta', 'shared'], { hash: 'B' })]);
				await manifest.record(W2, [chunkedFile('b.ts', ['beta', 'shared'], { hash: 'B' })]);
				const hashes = (await manifest.chunks('w1', 'a.ts')).map(({ contentHash }) => contentHash);
				await vectors.putVectors(hashes.map((contentHash) => ({ contentHash, vector: unit(...V) })));
				await manifest.remove(W1, ['a.ts', 'b.ts']);
				expect(await manifest.collectGarbage()).toEqual({ outlines: 0, bodies: 0 });
				opened.advance(13 * DAY);
				expect(await manifest.collectGarbage()).toEqual({ outlines: 0, bodies: 0 });
				expect(await known('A')).toEqual(new Set(['A:typescript']));
				opened.advance(2 * DAY);
				expect(await manifest.collectGarbage()).toMatchObject({ outlines: 1 });
				expect(await known('A')).toEqual(new Set());
				expect(await known('B')).toEqual(new Set(['B:typescript']));
				expect([...(await vectors.vectors(hashes)).keys()]).toEqual([hashes[1]]);
				expect((await manifest.chunks('w2', 'b.ts')).map(({ text }) => text)).toEqual(['beta', 'shared']);
				expect(await find('shared')).toEqual(['b.ts']);
				await manifest.record(W1, [chunkedFile('a.ts', ['alpha', 'shared'], { hash: 'A' })]);
				expect(await find('alpha')).toEqual(['a.ts']);
			});

			test('is not what came back in time', async () => {
				await manifest.record(W1, [chunkedFile('a.ts', ['alpha'], { hash: 'A' })]);
				await manifest.remove(W1, ['a.ts']);
				await manifest.collectGarbage();
				opened.advance(10 * DAY);
				await manifest.recordKnown(W1, [{ path: 'c.ts', contentHash: 'A', language: 'typescript', sizeBytes: 1, mtimeMs: 1 }]);
				await manifest.collectGarbage();
				await manifest.remove(W1, ['c.ts']);
				opened.advance(10 * DAY);
				expect(await manifest.collectGarbage()).toEqual({ outlines: 0, bodies: 0 });
				expect(await known('A')).toEqual(new Set(['A:typescript']));
			});

			test('is looked for once a day', async () => {
				expect(await manifest.collectGarbage()).not.toBeNull();
				opened.advance(DAY / 2);
				expect(await manifest.collectGarbage()).toBeNull();
				opened.advance(DAY);
				expect(await manifest.collectGarbage()).not.toBeNull();
			});

			test('forgets removals that are long known, and a search still finds neither less nor more', async () => {
				await manifest.record(W1, [chunkedFile('a.ts', ['alpha'], { hash: 'A' }), chunkedFile('b.ts', ['beta'], { hash: 'B' })]);
				expect(await find('alpha')).toEqual(['a.ts']);
				await manifest.remove(W1, ['a.ts']);
				for (let day = 0; day < 3; day++) {
					await manifest.collectGarbage();
					opened.advance(2 * DAY);
				}
				expect(await find('alpha')).toEqual([]);
				expect(await find('beta')).toEqual(['b.ts']);
			});
		});
	});
}
