import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashTerm, toLexicalVector } from '#core/domain/lexicalVector';
import type { SnapshotFilePort } from '#core/ports';
import { ChainedIndex } from '#core/store/embedded/chainedIndex';
import { EmbeddedManifestStore } from '#core/store/embedded/embeddedManifestStore';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { hashPair } from '#core/store/embedded/hashPair';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { Segment } from '#core/store/embedded/segment';
import { readSnapshot, writeSnapshot } from '#core/store/embedded/segmentSnapshot';
import { migrate } from '#core/store/migrate';
import { createSnapshotFiles } from '#node/snapshotFiles';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../../../support/assets.ts';
import { codePoint, kernelModule, unit } from '../../../support/stores.ts';

const kernel = await kernelModule();
const NONE = toLexicalVector([]);
const MARK = { token: 't', seq: 3, vectorRow: 4, model: 'm' };
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'hybrid-snapshot-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 });
const vector = fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 5, maxLength: 5 }).map((values) => Int8Array.from(values));
const step = fc.record({ kind: fc.constantFrom('add', 'add', 'add', 'remove', 'commit'), row: fc.nat(12), file: fc.constantFrom('x', 'y'), words, vector });
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function apply(segment: Segment, steps: readonly Step[]): void {
	for (const { kind, row, file, words: text, vector: numbers } of steps) {
		if (kind === 'commit') segment.commit();
		else segment.remove(row);
		if (kind !== 'add') continue;
		segment.add({
			row,
			filePath: file,
			contentHash: `c${row}`,
			lexical: { text: toLexicalVector(text), path: NONE, symbol: NONE },
			staticVector: row % 2 === 0 ? numbers : null,
			vector: numbers,
		});
	}
	segment.commit();
}

function resultsOf(segment: Segment) {
	const query = { field: 'text' as const, terms: ['a', 'c'].map((word) => ({ hash: hashTerm(word), weight: 1 })) };
	const question = Float32Array.of(0.1, -0.4, 0.3, 0.8, 0.2);
	return {
		size: segment.size,
		words: segment.searchLexical(query, 20, null),
		files: segment.searchFiles(query, 20),
		dense: segment.searchDense('model', question, 20, null),
		statics: segment.searchDense('static', question, 20, null),
		known: Array.from({ length: 13 }, (_, row) => segment.has(row)),
	};
}

describe('a snapshot of a segment', () => {
	test('gives the segment back, which then takes changes as the original does', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.array(step, { maxLength: 10 }), async (before, after) => {
				const original = new Segment(kernel);
				apply(original, before);
				const files = memoryFiles();
				await writeSnapshot(files, 'a', original, MARK);
				const read = readSnapshot(files, 'a', kernel, () => true);
				expect(read?.mark).toEqual(MARK);
				const restored = read?.segment as Segment;
				expect(resultsOf(restored)).toEqual(resultsOf(original));
				for (const segment of [original, restored]) {
					apply(segment, after);
					segment.putVector('c3', Int8Array.of(1, 2, 3, 4, 5));
				}
				expect(resultsOf(restored)).toEqual(resultsOf(original));
			}),
			{ numRuns: 60 },
		);
	});

	test('is refused when any byte of it differs, when it is cut short, and when it is of another state', async () => {
		const segment = new Segment(kernel);
		apply(segment, fc.sample(step, { numRuns: 30, seed: 5 }));
		const files = createSnapshotFiles();
		const path = join(folder, 'a.snapshot');
		await writeSnapshot(files, path, segment, MARK);
		expect(readSnapshot(files, path, kernel, ({ token }) => token === 'other')).toBeNull();
		const good = readFileSync(path);
		for (let at = 0; at < good.length; at += 7) {
			const bad = Buffer.from(good);
			bad[at] = (bad[at] as number) ^ 0x10;
			writeFileSync(path, bad);
			expect(
				readSnapshot(files, path, kernel, () => true),
				`byte ${at}`,
			).toBeNull();
		}
		for (const length of [0, 5, 100, good.length - 1]) {
			writeFileSync(path, good.subarray(0, length));
			expect(
				readSnapshot(files, path, kernel, () => true),
				`${length} bytes`,
			).toBeNull();
		}
		writeFileSync(path, good);
		expect(readSnapshot(files, path, kernel, () => true)).not.toBeNull();
		expect(readSnapshot(files, join(folder, 'missing'), kernel, () => true)).toBeNull();
	});

	test('that cannot be written leaves nothing behind', async () => {
		const files = createSnapshotFiles();
		const failing = function* () {
			yield Uint8Array.of(1);
			throw new Error('no more');
		};
		await expect(files.write(join(folder, 'a.snapshot'), failing())).rejects.toThrow('no more');
		expect(readdirSync(folder)).toEqual([]);
	});
});

describe('a store with snapshots', () => {
	const POINTS = 2_100;
	const path = () => join(folder, 'index.db');
	const snapshotPath = () => join(folder, 'codebase-context.w1');

	const openDatabase = () => createSqliteEngine({ assetsPath: assetsPath(), prefer: 'node:sqlite' }).open(path());

	async function open(model: string | null = 'm', more: Partial<SnapshotFilePort> = {}) {
		const opened: string[] = [];
		const real = createSnapshotFiles();
		const files: SnapshotFilePort = {
			...real,
			...more,
			open(file) {
				opened.push(file);
				return real.open(file);
			},
		};
		const database = await openDatabase();
		migrate(database, INDEX_MIGRATIONS, { path: path(), backup: () => undefined });
		const store = new EmbeddedVectorStore(database, kernel, { files, pathOf: (collection, workspaceId) => join(folder, `${collection}.${workspaceId}`) });
		if (model !== null) await store.useEmbeddingModel(model, 3);
		return { store, opened, database };
	}

	async function filled(more: Partial<SnapshotFilePort> = {}) {
		const { store } = await open('m', more);
		await store.upsert(
			'codebase-context',
			Array.from({ length: POINTS }, (_, i) => codePoint(i, `word${i % 50} common`, { file_path: `src/${i % 9}.ts` }, { vector: unit(1, i % 7, i % 11) })),
		);
		await search(store);
		return store;
	}

	async function fill() {
		const store = await filled();
		await store.checkpoint();
		return store;
	}

	const search = async (store: EmbeddedVectorStore) => {
		const terms = [{ hash: hashTerm('word7'), weight: 1 }];
		const filter = { must: [{ key: 'workspace_id', match: { value: 'w1' } }] };
		return {
			lexical: (await store.search('codebase-context', { lexical: [{ field: 'text', terms }], filter, limit: 50 })).map(({ id, score }) => [id, score]),
			dense: (await store.search('codebase-context', { dense: { vector: unit(1, 2, 3) }, filter, limit: 30 })).map(({ id, score }) => [id, score]),
		};
	};

	test('finds the same after a restart, with what was written since', async () => {
		const store = await fill();
		await store.upsert('codebase-context', [codePoint(9_000, 'word7 word7', {}, { vector: unit(1, 2, 3) })]);
		await store.delete('codebase-context', { ids: [codePoint(7, '').id] });
		const expected = await search(store);
		await store.close();

		const { store: again, opened } = await open();
		expect(await search(again)).toEqual(expected);
		expect(opened).toEqual([snapshotPath()]);
		await again.close();
	});

	test('does not trust a snapshot that is ahead of a restored database', async () => {
		const store = await fill();
		await store.close();
		copyFileSync(path(), `${path()}.old`);
		const { store: second } = await open();
		await second.upsert(
			'codebase-context',
			Array.from({ length: POINTS }, (_, i) => codePoint(10_000 + i, 'word7', {}, { vector: unit(i % 5, 1, 2) })),
		);
		await search(second);
		await second.checkpoint();
		await second.close();
		copyFileSync(`${path()}.old`, path());

		const { store: restored } = await open();
		const found = await search(restored);
		expect(found.lexical.length).toBe(POINTS / 50);
		await restored.close();
	});

	test('takes the words from a snapshot of another model, and that model alone gives vectors', async () => {
		const store = await fill();
		await store.close();
		const { store: again } = await open();
		await again.useEmbeddingModel('other', 4);
		expect((await search(again)).lexical.length).toBe(POINTS / 50);
		expect(await again.search('codebase-context', { dense: { vector: unit(1, 2, 3, 4) }, limit: 5 })).toEqual([]);
		await again.close();
	});

	test('keeps the vectors of a snapshot for the model that is named after the index was read', async () => {
		const store = await fill();
		const expected = await search(store);
		await store.close();
		const { store: again, database } = await open(null);
		expect((await search(again)).dense).toEqual([]);
		// What is found by meaning now can come from nowhere else.
		database.exec('DELETE FROM vectors');
		await again.useEmbeddingModel('m', 3);
		expect(await search(again)).toEqual(expected);
		await again.close();
	});

	test('writes the snapshot at the next pause when it could not be written', async () => {
		let isFull = true;
		const real = createSnapshotFiles();
		const write: SnapshotFilePort['write'] = (file, parts) => (isFull ? Promise.reject(new Error('disk full')) : real.write(file, parts));
		const store = await filled({ write });
		await expect(store.checkpoint()).rejects.toThrow('disk full');
		isFull = false;
		await store.checkpoint();
		expect(existsSync(snapshotPath())).toBe(true);
		await store.close();
	});

	test('builds the index anew when removals were forgotten that it has not seen', async () => {
		const sleeper = await fill();
		const database = await openDatabase();
		let nowMs = 1;
		const clock = { nowMs: () => nowMs, delay: async () => undefined };
		const manifest = new EmbeddedManifestStore(database, clock);
		const { store: other } = await open();
		await other.delete('codebase-context', { ids: [codePoint(7, '').id] });
		for (let day = 0; day < 3; day++) {
			await manifest.collectGarbage();
			nowMs += 2 * 24 * 60 * 60 * 1000;
		}
		expect(database.prepare('SELECT count(*) AS n FROM removed').get()?.n).toBe(0);
		const found = await search(sleeper);
		expect(found.lexical.length).toBe(POINTS / 50 - 1);
		expect(found).toEqual(await search(other));
		for (const store of [sleeper, other]) await store.close();
		database.close();
	});

	test('removes the snapshot when the workspace has no points any more', async () => {
		const store = await fill();
		expect(existsSync(snapshotPath())).toBe(true);
		await store.delete('codebase-context', { filter: { must: [{ key: 'workspace_id', match: { value: 'w1' } }] } });
		await store.checkpoint();
		expect(existsSync(snapshotPath())).toBe(false);
		await store.close();
	});
});

describe('a chained index', () => {
	test('knows every document by its key', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(40), { maxLength: 3_000 }), (keys) => {
				const index = new ChainedIndex();
				for (const key of keys) index.add(key);
				for (const key of new Set([...keys, 41])) {
					const found: number[] = [];
					for (let document = index.first(key); document >= 0; document = index.next(document)) if (keys[document] === key) found.push(document);
					expect(found.reverse()).toEqual(keys.flatMap((other, document) => (other === key ? [document] : [])));
				}
			}),
			{ numRuns: 50 },
		);
	});

	test('the pair of hashes differs for texts that differ', () => {
		const pairs = new Set(Array.from({ length: 50_000 }, (_, i) => hashPair(`content ${i}`).join(' ')));
		expect(pairs.size).toBe(50_000);
	});
});

/** Snapshots in memory. */
function memoryFiles(): SnapshotFilePort {
	const stored = new Map<string, Buffer>();
	return {
		open(path) {
			const bytes = stored.get(path);
			if (!bytes) return null;
			let at = 0;
			return {
				sizeBytes: bytes.length,
				read(into) {
					if (at + into.length > bytes.length) throw new Error('end');
					into.set(bytes.subarray(at, at + into.length));
					at += into.length;
				},
				close: () => undefined,
			};
		},
		async write(path, parts) {
			stored.set(path, Buffer.concat([...parts]));
		},
		async remove(path) {
			stored.delete(path);
		},
	};
}
