import type { FolderStores } from './ask/search/candidates.ts';
import { CommitHistory } from './ask/search/commitHistory.ts';
import { RecentChanges } from './ask/search/recentChanges.ts';
import { CoordinatorError } from './base/errors.ts';
import type { WorkspaceFolder, Worktree } from './domain/file.ts';
import type { IndexProblem } from './domain/indexStatus.ts';
import type { LocalOnlyCheck } from './domain/localOnly.ts';
import type { FileChange } from './domain/requests.ts';
import type { IngestQueue } from './ingest/ingestQueue.ts';
import { LeasedIngestQueue } from './ingest/leasedIngestQueue.ts';
import { identifyWorktree } from './ingest/scan/worktreeIdentity.ts';
import type { ModelCatalogue } from './models/modelCatalogue.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import type { ManifestStore } from './store/manifestStore.ts';
import { indexPath, openStores, setIndexAside } from './store/openStores.ts';
import type { SharedPlace } from './store/shared/shareStore.ts';
import type { StoredIndexes } from './store/storedIndexes.ts';
import type { VectorStore } from './store/vectorStore.ts';
import { type IndexTending, tendIndex } from './tendIndex.ts';

/** One open folder: its worktree, its repository's stores, and the queue that keeps them true; or why it could not be opened. */
export type FolderSnapshot = { readonly folder: WorkspaceFolder; readonly queue: IngestQueue } | { readonly folder: WorkspaceFolder; readonly problem: IndexProblem };

interface RepositoryStores {
	readonly vectors: VectorStore;
	readonly manifest: ManifestStore;
	readonly wasDamaged: boolean;
}

/** Failures that come this soon after a damage are still of it. */
const SETTLE_MS = 60_000;
const LIMIT_INTERVAL_MS = 60 * 60 * 1_000;

interface OpenFolder {
	readonly folder: WorkspaceFolder;
	readonly worktree: Worktree;
	readonly stores: RepositoryStores;
	readonly queue: IngestQueue;
	readonly tending: IndexTending;
}

export interface OpenFoldersOptions {
	readonly ports: Ports;
	readonly dataDirectory: string;
	readonly stored: StoredIndexes;
	readonly catalogue: ModelCatalogue;
	readonly settings: () => Settings;
	readonly localOnly: LocalOnlyCheck;
	readonly onDidChange: () => void;
	/** Where points are shared; absent or null: nowhere. */
	readonly shared?: () => SharedPlace | null;
}

/** The folders of the workspace, each with a queue; folders of one repository share its stores. */
export class OpenFolders {
	readonly #options: OpenFoldersOptions;
	readonly #recent: RecentChanges;
	readonly #commits: CommitHistory;
	readonly #repositories = new Map<string, Promise<RepositoryStores>>();
	#open: readonly OpenFolder[] = [];
	#failed: readonly Extract<FolderSnapshot, { problem: IndexProblem }>[] = [];
	#isIndexing = false;
	/** When, by the clock, the index of a repository was found damaged. */
	readonly #damagedMs = new Map<string, number>();
	#limitKept = { megabytes: 0, atMs: 0 };
	/** Folders are closed for a moment, to be opened over a new index. */
	#isRebuilding = false;
	/** Opening is serial: two quick changes of the folder list must not both open the same database. */
	#opening: Promise<void> = Promise.resolve();

	constructor(options: OpenFoldersOptions) {
		this.#options = options;
		this.#recent = new RecentChanges(options.ports);
		this.#commits = new CommitHistory(options.ports);
	}

	get isEmpty(): boolean {
		return this.#open.length === 0 && this.#failed.length === 0 && !this.#isRebuilding;
	}

	/** Opens what is new and closes what is gone. A folder that cannot be opened becomes a problem; the others open. */
	open(folders: readonly WorkspaceFolder[]): Promise<void> {
		this.#opening = this.#opening.then(() => this.#reconcile(folders));
		return this.#opening;
	}

	/** Resolves when the folders that are being opened are open. */
	whenOpen(): Promise<void> {
		return this.#opening;
	}

	stores(): readonly FolderStores[] {
		return this.#open.map(({ worktree, stores }) => {
			const commits = this.#commits.of(worktree);
			return { worktree, ...stores, recent: this.#recent.of(worktree), ...(commits ? { commits } : {}) };
		});
	}

	snapshots(): readonly FolderSnapshot[] {
		return [...this.#open.map(({ folder, queue }) => ({ folder, queue })), ...this.#failed];
	}

	/** Indexes that were damaged and are built anew. */
	notes(): readonly IndexProblem[] {
		const { ports, dataDirectory } = this.#options;
		return [...this.#damagedMs.keys()].map((repositoryId) => {
			const path = indexPath(ports, dataDirectory, repositoryId);
			return { code: 'index-rebuilt', message: 'The index was damaged. It is kept beside, and built anew.', path, details: { path } };
		});
	}

	/**
	 * For damage that shows while an index is used: when `failure` is of one of the open indexes, it is put aside and built anew, in the
	 * background. True when that is under way. An index that is damaged a second time is left alone: the disk itself may be failing.
	 */
	repair(failure: Pick<IndexProblem, 'code' | 'details'>): boolean {
		const { ports, dataDirectory } = this.#options;
		if (failure.code !== 'database-corrupt') return false;
		const damaged = this.#open.find(({ worktree }) => indexPath(ports, dataDirectory, worktree.repositoryId) === failure.details?.path);
		if (!damaged) return false;
		const { repositoryId } = damaged.worktree;
		const before = this.#damagedMs.get(repositoryId);
		if (before !== undefined) return ports.clock.nowMs() - before < SETTLE_MS;
		this.#damagedMs.set(repositoryId, ports.clock.nowMs());
		this.#opening = this.#opening.then(() => this.#rebuild(repositoryId));
		return true;
	}

	each(action: (queue: IngestQueue) => void): void {
		for (const { queue } of this.#open) action(queue);
	}

	/** Starts every queue; folders opened later start by themselves. Rejects when no folder can be indexed. */
	async start(): Promise<void> {
		this.#isIndexing = true;
		await this.#opening;
		const [failure] = this.#failed;
		if (this.#open.length === 0 && failure) {
			throw new CoordinatorError('workspace-refused', failure.problem.message, { details: failure.problem.details ?? {} });
		}
		await Promise.all(this.#open.map(({ queue }) => queue.start()));
	}

	filesChanged(changes: readonly FileChange[]): void {
		this.each((queue) => queue.filesChanged(changes));
	}

	/** Lets a question go first: no vectors are made meanwhile, and the files it was asked beside come first from now on. Then git is asked what is new. */
	yieldTo<T>(work: Promise<T>, paths: readonly string[]): Promise<T> {
		this.each((queue) => {
			queue.prioritise(paths);
			queue.yieldTo(work);
		});
		const lookAgain = () => {
			for (const { tending } of this.#open) tending.lookAgain();
		};
		void work.then(lookAgain, lookAgain);
		return work;
	}

	async whenIdle(wanted?: { readonly vectors?: boolean }): Promise<void> {
		await this.#opening;
		await Promise.all(this.#open.map(({ queue }) => queue.whenIdle(wanted)));
	}

	repositoryIds(): ReadonlySet<string> {
		return new Set(this.#open.map(({ worktree }) => worktree.repositoryId));
	}

	/** Stops indexing and forgets everything known of the open folders' repositories, or of some of them. */
	async clear(repositoryIds: ReadonlySet<string> = this.repositoryIds()): Promise<void> {
		const cleared = this.#open.filter(({ worktree }) => repositoryIds.has(worktree.repositoryId));
		if (cleared.length === this.#open.length) this.#isIndexing = false;
		for (const { queue } of cleared) queue.stop();
		await this.#opening;
		await Promise.all(cleared.map(({ queue }) => queue.whenIdle()));
		await Promise.all([...new Set(cleared.map(({ stores }) => stores.manifest))].map((manifest) => manifest.clear()));
		await Promise.all([...new Set(cleared.map(({ stores }) => stores.vectors))].map((vectors) => vectors.checkpoint()));
		await Promise.all(cleared.map(({ queue }) => queue.reset()));
		for (const repositoryId of repositoryIds) this.#damagedMs.delete(repositoryId);
		this.#options.onDidChange();
	}

	async settingsChanged(): Promise<void> {
		await Promise.all(this.#open.map(({ queue }) => queue.settingsChanged()));
	}

	async skippedExamples(worktreeId: string, reason: string): Promise<readonly string[]> {
		const found = this.#open.find(({ worktree }) => worktree.id === worktreeId);
		if (!found) return [];
		return found.stores.manifest.skippedExamples(worktreeId, reason as Parameters<ManifestStore['skippedExamples']>[1], 50);
	}

	async close(): Promise<void> {
		await this.#opening;
		await this.#closeFolders(this.#open);
		this.#open = [];
	}

	async #reconcile(folders: readonly WorkspaceFolder[]): Promise<void> {
		const paths = new Set(folders.map((folder) => folder.path));
		const kept = this.#open.filter(({ folder }) => paths.has(folder.path));
		const gone = this.#open.filter(({ folder }) => !paths.has(folder.path));
		const open = [...kept];
		const failed: Extract<FolderSnapshot, { problem: IndexProblem }>[] = [];
		for (const folder of folders) {
			if (kept.some((known) => known.folder.path === folder.path)) continue;
			try {
				open.push(await this.#openFolder(folder));
			} catch (error) {
				this.#options.ports.log.error(`The folder ${folder.name} could not be opened`, error);
				failed.push({ folder, problem: toProblem(error, folder.path) });
			}
		}
		this.#open = open;
		this.#failed = failed;
		await this.#closeFolders(gone);
		this.#options.onDidChange();
	}

	/** Closes the folders of a repository, puts its index aside, and opens them again as folders are opened. */
	async #rebuild(repositoryId: string): Promise<void> {
		const { ports, dataDirectory } = this.#options;
		const path = indexPath(ports, dataDirectory, repositoryId);
		ports.log.error(`The index ${path} is damaged; it is kept beside and built anew`);
		const folders = this.snapshots().map(({ folder }) => folder);
		const affected = this.#open.filter(({ worktree }) => worktree.repositoryId === repositoryId);
		this.#isRebuilding = true;
		this.#open = this.#open.filter((open) => !affected.includes(open));
		try {
			await this.#closeFolders(affected).catch((error: unknown) => ports.log.warn(`The damaged index was not closed cleanly: ${String(error)}`));
			await setIndexAside(ports, path).catch((error: unknown) => ports.log.error('The damaged index could not be put aside', error));
			await this.#reconcile(folders);
		} finally {
			this.#isRebuilding = false;
		}
	}

	async #openFolder(folder: WorkspaceFolder): Promise<OpenFolder> {
		const { ports, catalogue, settings, localOnly, onDidChange } = this.#options;
		const worktree = await identifyWorktree(folder, ports);
		const stores = await this.#repository(worktree.repositoryId);
		if (stores.wasDamaged) this.#damagedMs.set(worktree.repositoryId, ports.clock.nowMs());
		await this.#options.stored.noteUse(worktree);
		const queue = new LeasedIngestQueue({ worktree, ...stores, embedding: () => catalogue.embedding(), localOnly, ports, settings });
		queue.onDidChange(() => {
			onDidChange();
			for (const problem of queue.status().problems) this.repair(problem);
		});
		const tending = tendIndex({
			queue,
			worktree,
			...stores,
			recent: this.#recent,
			commits: this.#commits,
			keepWithinLimit: () => this.#keepWithinLimit(),
			log: ports.log,
		});
		if (this.#isIndexing) void queue.start().catch((error: unknown) => ports.log.error(`Indexing ${folder.name} failed`, error));
		return { folder, worktree, stores, queue, tending };
	}

	/** Removes stored indexes that are over the limit, at most once an hour unless the limit has changed. */
	async #keepWithinLimit(): Promise<void> {
		const { stored, settings, ports } = this.#options;
		const { diskLimitMegabytes } = settings().index;
		if (diskLimitMegabytes === 0) return;
		if (this.#limitKept.megabytes === diskLimitMegabytes && ports.clock.nowMs() - this.#limitKept.atMs < LIMIT_INTERVAL_MS) return;
		this.#limitKept = { megabytes: diskLimitMegabytes, atMs: ports.clock.nowMs() };
		await stored.evict(diskLimitMegabytes * 1_000_000, this.repositoryIds());
	}

	#repository(repositoryId: string): Promise<RepositoryStores> {
		const { ports, dataDirectory } = this.#options;
		const opening = this.#repositories.get(repositoryId) ?? openStores({ ports, dataDirectory, repositoryId, shared: this.#options.shared?.() ?? null });
		this.#repositories.set(repositoryId, opening);
		opening.catch(() => this.#repositories.delete(repositoryId));
		return opening;
	}

	async #closeFolders(folders: readonly OpenFolder[]): Promise<void> {
		await Promise.all(folders.flatMap(({ queue, tending }) => [tending.close(), queue.close()]));
		const used = new Set(this.#open.filter((open) => !folders.includes(open)).map(({ worktree }) => worktree.repositoryId));
		for (const repositoryId of new Set(folders.map(({ worktree }) => worktree.repositoryId))) {
			if (used.has(repositoryId)) continue;
			const stores = await this.#repositories.get(repositoryId);
			this.#repositories.delete(repositoryId);
			await stores?.vectors.close();
			await stores?.manifest.close();
			const last = folders.find(({ worktree }) => worktree.repositoryId === repositoryId);
			if (last) await this.#options.stored.noteUse(last.worktree);
		}
	}
}

function toProblem(error: unknown, path: string): IndexProblem {
	if (CoordinatorError.is(error)) return { code: error.code, message: error.message, path, details: error.details };
	return { code: 'internal', message: error instanceof Error ? error.message : String(error), path };
}
