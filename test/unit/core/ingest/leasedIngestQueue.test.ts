import { describe, expect, it } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import type { ScannedFile } from '#core/domain/file';
import { LeasedIngestQueue } from '#core/ingest/leasedIngestQueue';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ClockPort, FileProcessorPort, ProcessPort } from '#core/ports';
import { DEFAULT_SETTINGS } from '#core/settings';
import type { ManifestEntry, ManifestStore } from '#core/store/manifestStore';
import type { VectorStore } from '#core/store/vectorStore';
import { createMemoryFiles } from '../../../support/memoryFiles.ts';

/** Short waits pass at once; long ones last until they are cancelled. */
const clock: ClockPort = {
	nowMs: () => 0,
	delay: (ms, signal) =>
		ms < 100
			? Promise.resolve()
			: new Promise((_, reject) => {
					const cancel = () => reject(new CoordinatorError('cancelled', 'cancelled'));
					if (signal?.aborted) cancel();
					else signal?.addEventListener('abort', cancel, { once: true });
				}),
};
const processes: ProcessPort = { own: 'here', hasEnded: (name) => name === 'dead' };
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

interface SetUpOptions {
	readonly model?: EmbeddingModel;
	readonly holder?: string;
	readonly outlines?: Set<string>;
	readonly clock?: ClockPort;
	/** Told which paths come first whenever it is asked which vectors are missing. */
	readonly onMissing?: (first: readonly string[]) => void;
}

function setUp(tree: Record<string, string>, options: SetUpOptions = {}) {
	const entries = new Map<string, ManifestEntry>();
	const outlines = options.outlines ?? new Set<string>();
	const vectors = new Map<string, Float32Array>();
	const processed: string[] = [];
	let lease = options.holder ?? null;
	const hashOf = (path: string) => `hash of ${tree[`/w/${path}`]}`;
	const put = (file: ScannedFile, contentHash: string) =>
		entries.set(file.path, { ...file, contentHash, language: 'typescript', skipReason: null, failureCount: 0, lineCount: 1, chunkCount: 1 });
	const manifest: Partial<ManifestStore> = {
		entries: async () => new Map(entries),
		hasOutlines: async () => outlines.size > 0,
		isComplete: async () => true,
		markComplete: async () => {},
		knownOutlines: async (keys) => new Set(keys.filter((key) => outlines.has(key))),
		record: async (_, files) => {
			for (const file of files) {
				if (file.status !== 'chunked') continue;
				outlines.add(`${file.contentHash}:${file.language}`);
				put(file, file.contentHash);
			}
		},
		recordKnown: async (_, files) => {
			for (const file of files) put(file, file.contentHash);
		},
		remove: async (_, paths) => {
			for (const path of paths) entries.delete(path);
		},
		recordSkips: async () => {},
		totals: async () => ({ files: entries.size, lines: entries.size, chunks: entries.size, bytes: 0, languages: {}, skipped: {} }),
		sizeBytes: async () => 0,
		acquireLease: async (_, owner) => {
			lease ??= owner;
			return lease === owner ? 'acquired' : { owner: lease, expiresAtMs: 1 };
		},
		releaseLease: async (_, owner) => {
			if (lease === owner) lease = null;
		},
	};
	const hashes = () => [...new Set([...entries.values()].flatMap(({ contentHash }) => (contentHash ? [contentHash] : [])))];
	const store: Partial<VectorStore> = {
		useEmbeddingModel: async () => {},
		info: async () => ({ name: 'codebase-context', points: entries.size, vectors: vectors.size, dimension: 1, embeddingModel: null }),
		missingVectors: async (_, { limit, first }) => {
			options.onMissing?.(first ?? []);
			return hashes()
				.filter((hash) => !vectors.has(hash))
				.slice(0, limit)
				.map((contentHash) => ({ contentHash, text: contentHash, filePath: null }));
		},
		putVectors: async (made) => {
			for (const { contentHash, vector } of made) vectors.set(contentHash, vector);
		},
		refresh: async () => {},
	};
	const processor: FileProcessorPort = {
		parallelism: 1,
		close: async () => {},
		identify: async (_, files) => files.map(({ path }) => ({ contentHash: hashOf(path), language: 'typescript' })),
		process: async (_, files) =>
			files.map((file) => {
				processed.push(file.path);
				return { status: 'chunked', ...file, contentHash: hashOf(file.path), language: 'typescript', lineCount: 1, chunks: [], problems: [], imports: [], redactions: 0 };
			}),
	};
	const queue = new LeasedIngestQueue({
		worktree: { id: 'w', repositoryId: 'r', name: 'w', path: '/w' },
		manifest: manifest as ManifestStore,
		vectors: store as VectorStore,
		embedding: async () => options.model ?? null,
		localOnly: async (questions) => questions.map(() => 'open'),
		ports: { files: createMemoryFiles(tree), processor, clock: options.clock ?? clock, processes, log: silent, uuid: () => 'me' },
		settings: () => DEFAULT_SETTINGS,
	});
	return { queue, entries, vectors, processed, lease: () => lease, outlines };
}

function model(embed: EmbeddingModel['embed']): EmbeddingModel {
	return { id: 'm', label: 'm', dimension: 1, maxTokens: 10, isRemote: false, embed, calibrate: () => 0, close: async () => {} };
}

describe('LeasedIngestQueue', () => {
	it('makes a folder searchable, and reads nothing again that has not changed', async () => {
		const { queue, entries, processed } = setUp({ '/w/a.ts': 'a', '/w/b.ts': 'b' });
		await queue.start();
		expect([...entries.keys()].sort()).toEqual(['a.ts', 'b.ts']);
		expect(queue.status().isSearchable).toBe(true);
		await queue.start();
		await queue.whenIdle({ vectors: true });
		expect(processed.sort()).toEqual(['a.ts', 'b.ts']);
		expect(queue.status().folder.phase).toBe('ready');
		await queue.close();
	});

	it('takes changes, new files and deletions over', async () => {
		const tree: Record<string, string> = { '/w/a.ts': 'a', '/w/b.ts': 'b' };
		const { queue, entries } = setUp(tree);
		await queue.start();
		tree['/w/a.ts'] = 'changed';
		tree['/w/new.ts'] = 'new';
		delete tree['/w/b.ts'];
		queue.filesChanged(['a.ts', 'b.ts', 'new.ts'].map((name) => ({ path: `/w/${name}`, kind: 'changed' })));
		await queue.whenIdle();
		expect([...entries].map(([path, { contentHash }]) => [path, contentHash]).sort()).toEqual([
			['a.ts', 'hash of changed'],
			['new.ts', 'hash of new'],
		]);
		await queue.close();
	});

	it('parses no content that the repository knows', async () => {
		const { queue, entries, processed } = setUp({ '/w/a.ts': 'a' }, { outlines: new Set(['hash of a:typescript']) });
		await queue.start();
		expect(entries.size).toBe(1);
		expect(processed).toEqual([]);
		await queue.close();
	});

	it('gives every chunk a vector, but for texts that alone make the model fail', async () => {
		const failing = model(async (texts) => {
			if (texts.includes('hash of poison')) throw new CoordinatorError('server-error', 'no');
			return texts.map(() => new Float32Array([1]));
		});
		const { queue, vectors } = setUp({ '/w/a.ts': 'a', '/w/b.ts': 'poison', '/w/c.ts': 'c' }, { model: failing });
		await queue.start();
		await queue.whenIdle({ vectors: true });
		expect([...vectors.keys()].sort()).toEqual(['hash of a', 'hash of c']);
		expect(queue.status().problems).toMatchObject([{ code: 'texts-quarantined', details: { chunks: 1 } }]);
		await queue.close();
	});

	it('keeps the words searchable while the embedding server is away', async () => {
		const away = model(async () => {
			throw new CoordinatorError('server-unreachable', 'nobody there');
		});
		const { queue } = setUp({ '/w/a.ts': 'a' }, { model: away });
		await queue.start();
		await queue.whenIdle({ vectors: true });
		expect(queue.status()).toMatchObject({ isSearchable: true, folder: { phase: 'ready' }, problems: [{ code: 'server-unreachable' }] });
		await queue.close();
	});

	it('follows the process that holds the lease, and releases its own when it closes', async () => {
		const following = setUp({ '/w/a.ts': 'a' }, { holder: 'somebody' });
		await following.queue.start();
		expect(following.queue.status().folder.phase).toBe('following');
		expect(following.processed).toEqual([]);
		const own = setUp({ '/w/a.ts': 'a' });
		await own.queue.start();
		expect(own.lease()).toBe('here/me');
		await own.queue.close();
		expect(own.lease()).toBeNull();
		following.queue.stop();
		expect(following.queue.status().folder.phase).toBe('stopped');
	});

	it('takes the lease from a process that is certain to have ended, at once', async () => {
		const { queue, lease, processed } = setUp({ '/w/a.ts': 'a' }, { holder: 'dead/claim' });
		await queue.start();
		expect([lease(), processed]).toEqual(['here/me', ['a.ts']]);
		await queue.close();
	});

	it('makes no vectors while a question is being answered, and for no longer than five seconds', async () => {
		let embedded = 0;
		const counting = model(async (texts) => {
			embedded += texts.length;
			return texts.map(() => new Float32Array([1]));
		});
		const { queue } = setUp({ '/w/a.ts': 'a', '/w/b.ts': 'b' }, { model: counting });
		let answer: () => void = () => undefined;
		queue.yieldTo(new Promise<void>((resolve) => (answer = resolve)));
		await queue.start();
		await queue.whenIdle();
		expect([queue.status().folder.phase, embedded]).toEqual(['embedding', 0]);
		answer();
		await queue.whenIdle({ vectors: true });
		expect(embedded).toBe(2);
		await queue.close();
		const waits: number[] = [];
		const impatient = setUp(
			{ '/w/a.ts': 'a' },
			{ model: counting, clock: { ...clock, delay: async (ms, signal) => (ms === 5_000 ? void waits.push(ms) : clock.delay(ms, signal)) } },
		);
		impatient.queue.yieldTo(new Promise(() => undefined));
		await impatient.queue.start();
		await impatient.queue.whenIdle({ vectors: true });
		expect([embedded, waits[0]]).toEqual([3, 5_000]);
		await impatient.queue.close();
	});

	it('reads first, and gives vectors first to, what somebody looks at', async () => {
		const tree = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`/w/f${i}.ts`, `text ${i}`]));
		const asked: (readonly string[])[] = [];
		const { queue, processed } = setUp(tree, { model: model(async (texts) => texts.map(() => new Float32Array([1]))), onMissing: (first) => asked.push(first) });
		queue.prioritise(['/w/f250.ts', '/elsewhere/x.ts', '/w/f299.ts']);
		await queue.start();
		await queue.whenIdle({ vectors: true });
		expect(processed.slice(0, 2)).toEqual(['f250.ts', 'f299.ts']);
		expect(asked[0]).toEqual(['f250.ts', 'f299.ts']);
		await queue.close();
	});

	it('does nothing while paused, and catches up afterwards', async () => {
		const tree: Record<string, string> = { '/w/a.ts': 'a' };
		const { queue, entries } = setUp(tree);
		await queue.start();
		await queue.whenIdle();
		queue.pause();
		tree['/w/a.ts'] = 'later';
		queue.filesChanged([{ path: '/w/a.ts', kind: 'changed' }]);
		await queue.whenIdle();
		expect(queue.status().folder.phase).toBe('paused');
		expect(entries.get('a.ts')?.contentHash).toBe('hash of a');
		queue.resume();
		await queue.whenIdle();
		expect(entries.get('a.ts')?.contentHash).toBe('hash of later');
		await queue.close();
	});
});
