import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '#core/domain/file';
import type { LocalOnlyCheck } from '#core/domain/localOnly';
import { termVector } from '#core/domain/terms';
import type { IngestQueue } from '#core/ingest/ingestQueue';
import { LeasedIngestQueue } from '#core/ingest/leasedIngestQueue';
import { identifyWorktree } from '#core/ingest/scan/worktreeIdentity';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ClockPort, FileProcessorPort, Ports } from '#core/ports';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import type { ManifestStore } from '#core/store/manifestStore';
import { openStores } from '#core/store/openStores';
import type { VectorStore } from '#core/store/vectorStore';
import { createClock } from '#node/clock';
import { createFiles } from '#node/files';
import { createGit } from '#node/git';
import { createLog } from '#node/log';
import { createProcesses } from '#node/processes';
import { createSnapshotFiles } from '#node/snapshotFiles';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from './assets.ts';

/** A queue over real files, a real repository and a real database, and what it did. */
export interface OpenIngest {
	readonly worktree: Worktree;
	readonly queue: IngestQueue;
	readonly manifest: ManifestStore;
	readonly vectors: VectorStore;
	/** Paths that were read and chunked, in order. */
	readonly processed: string[];
	/** Paths of the chunks that hold one of the words, best first. */
	search(words: string): Promise<string[]>;
	close(): Promise<void>;
}

export interface OpenIngestOptions {
	readonly workspace: string;
	readonly dataDirectory: string;
	readonly processor: FileProcessorPort;
	readonly embedding?: () => Promise<EmbeddingModel | null>;
	readonly localOnly?: LocalOnlyCheck;
	readonly clock?: ClockPort;
	readonly settings?: () => Settings;
	/** Called with the paths of every batch, when it is committed. */
	readonly onRecord?: (paths: readonly string[]) => void;
}

/** Opens what the coordinator would open for one folder. */
export async function openIngest(options: OpenIngestOptions): Promise<OpenIngest> {
	const { workspace, dataDirectory, processor, clock = createClock(), onRecord } = options;
	const files = createFiles();
	const processed: string[] = [];
	const counting: FileProcessorPort = {
		...processor,
		process: (root, batch, more) => {
			processed.push(...batch.map(({ path }) => path));
			return processor.process(root, batch, more);
		},
	};
	const ports: Pick<Ports, 'files' | 'processor' | 'clock' | 'processes' | 'log' | 'sqlite' | 'assets' | 'snapshots' | 'uuid'> = {
		files,
		processor: counting,
		clock,
		processes: createProcesses(),
		log: createLog(() => undefined, 'off'),
		sqlite: createSqliteEngine({ assetsPath: assetsPath() }),
		assets: { read: (name) => readFile(join(assetsPath(), name === 'vocab.txt' ? 'minilm/vocab.txt' : name)) },
		snapshots: createSnapshotFiles(),
		uuid: randomUUID,
	};
	const worktree = await identifyWorktree({ path: workspace, name: 'workspace' }, { files, git: createGit() });
	const { manifest, vectors } = await openStores({ ports, dataDirectory, repositoryId: worktree.repositoryId });
	const record: ManifestStore['record'] = async (place, batch) => {
		await manifest.record(place, batch);
		onRecord?.(batch.map(({ path }) => path));
	};
	const watched = new Proxy(manifest, { get: (target, name) => (name === 'record' ? record : Reflect.get(target, name, target).bind(target)) });
	const queue = new LeasedIngestQueue({
		worktree,
		manifest: watched,
		vectors,
		ports,
		embedding: options.embedding ?? (async () => null),
		localOnly: options.localOnly ?? (async (questions) => questions.map(() => 'open')),
		settings: options.settings ?? (() => DEFAULT_SETTINGS),
	});
	return {
		worktree,
		queue,
		manifest,
		vectors,
		processed,
		async search(words) {
			const { hashes } = termVector(words);
			const filter = { must: [{ key: 'workspace_id', match: { value: worktree.id } }] };
			const found = await vectors.search('codebase-context', {
				limit: 50,
				filter,
				lexical: [{ field: 'text', terms: [...hashes].map((hash) => ({ hash, weight: 1 })) }],
			});
			return [...new Set(found.map(({ payload }) => payload.file_path))];
		},
		async close() {
			await queue.close();
			await vectors.close();
			await manifest.close();
		},
	};
}

/** A clock whose waits are short and whose time can be moved on. */
export function movableClock(): ClockPort & { advance(ms: number): void } {
	const clock = createClock();
	let offset = 0;
	return {
		nowMs: () => Date.now() + offset,
		delay: (ms, signal) => clock.delay(Math.min(ms, 20), signal),
		advance: (ms) => {
			offset += ms;
		},
	};
}

/** What a worktree's index says, in comparable form: path, content and the content of its chunks. */
export async function indexContent({ manifest, worktree }: Pick<OpenIngest, 'manifest' | 'worktree'>): Promise<string[]> {
	const content: string[] = [];
	for (const [path, { contentHash, lineCount, skipReason }] of await manifest.entries(worktree.id)) {
		const chunks = await manifest.chunks(worktree.id, path);
		content.push(`${path} ${contentHash} ${lineCount} ${skipReason} ${chunks.map((chunk) => `${chunk.startLine}-${chunk.endLine} ${chunk.contentHash}`).join(' ')}`);
	}
	return content.sort();
}
