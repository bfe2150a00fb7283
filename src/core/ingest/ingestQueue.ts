import { CoordinatorError } from '#core/base/errors';
import { Emitter, type Event } from '#core/base/event';
import type { FolderStatus, IndexPhase, IndexProblem, IndexStatus } from '#core/domain/indexStatus';
import type { FileChange } from '#core/domain/requests';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ManifestTotals } from '#core/store/manifestStore';
import { embedBatch } from './embedMissing.ts';
import { type IngestTarget, ingestFiles, ingestWorktree } from './ingestPipeline.ts';
import { classifyChanges } from './scan/classifyChanges.ts';
import { toRelativePosix } from './scan/workspacePaths.ts';
import { WakeableWait } from './wakeableWait.ts';
import { HEARTBEAT_MS, WorktreeLease } from './worktreeLease.ts';

export interface IngestQueueStatus extends Pick<IndexStatus, 'progress' | 'vectors' | 'embedding' | 'isSearchable' | 'problems' | 'sizeBytes'> {
	readonly folder: FolderStatus;
}

/** Keeps one worktree's index true: one thing at a time, changes before vectors, under the worktree's lease. */
export interface IngestQueue {
	/** Resolves when the worktree is searchable by words (or another process keeps it so); rejects when the first pass fails. */
	start(): Promise<void>;
	pause(): void;
	resume(): void;
	/** Ends what is running; `start` begins anew, from what is stored. */
	stop(): void;
	filesChanged(changes: readonly FileChange[]): void;
	/** Absolute paths of files that somebody looks at: they come first, words and vectors. */
	prioritise(paths: readonly string[]): void;
	/** Makes no vectors until the work is done (it needs the same processor), for some seconds at most. */
	yieldTo(work: Promise<unknown>): void;
	status(): IngestQueueStatus;
	readonly onDidChange: Event<void>;
	/** Resolves when nothing is queued, or the queue is paused, stopped or failed; with `vectors`, also when none can be made now. */
	whenIdle(options?: { readonly vectors?: boolean }): Promise<void>;
	/** After the index was cleared by somebody: forgets what it believed. */
	reset(): Promise<void>;
	settingsChanged(): Promise<void>;
	close(): Promise<void>;
}

export interface IngestQueueOptions extends Omit<IngestTarget, 'ports'> {
	readonly embedding: () => Promise<EmbeddingModel | null>;
	readonly ports: IngestTarget['ports'] & { readonly uuid: () => string };
	/** Wait after the last change, milliseconds. */
	readonly debounceMs?: number;
}

const FOLLOW_MS = 2_000;
/** More changes than this at once, and a scan is cheaper and surer. */
const MAX_CHANGES = 500;
const MAX_FIRST = 50;
/** Longest that vectors wait for one question. */
const MAX_YIELD_MS = 5_000;
/** Counting takes at most this share of the time. */
const COUNT_SHARE = 1 / 20;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;
/** Changes of these mean other rules, or another branch. */
const RESCAN_NAMES = /(?:^|\/)(?:\.gitignore|\.ignore|\.hybridignore)$|^\.git\/(?:HEAD|info\/exclude)$/;
const NO_TOTALS: ManifestTotals = { files: 0, lines: 0, chunks: 0, bytes: 0, languages: {}, skipped: {} };

/** Builds the queue of one worktree; nothing happens before `start`. */
export function createIngestQueue(options: IngestQueueOptions): IngestQueue {
	return new LeasedIngestQueue(options);
}

class LeasedIngestQueue implements IngestQueue {
	readonly #options: IngestQueueOptions;
	readonly #lease: WorktreeLease;
	readonly #changed = new Emitter<void>();
	readonly #pending = new Set<string>();
	readonly #poison = new Set<string>();
	readonly #wait: WakeableWait;
	readonly onDidChange: Event<void> = this.#changed.event;

	#phase: IndexPhase = 'not-indexed';
	#totals = NO_TOTALS;
	#sizeBytes = 0;
	#vectors = { done: 0, total: 0 };
	#progress: IndexStatus['progress'] = null;
	#problem: IndexProblem | null = null;
	#vectorProblem: IndexProblem | null = null;
	#embedding: EmbeddingModel | null = null;
	#recent: readonly string[] = [];
	#isSearchable = false;
	#isPaused = false;
	#needsScan = true;
	#needsVectors = true;
	#retryAtMs = 0;
	#retryMs = FIRST_RETRY_MS;
	#countAgainMs = Number.NEGATIVE_INFINITY;
	#questions = 0;
	#stopper: AbortController | null = null;
	#running: Promise<void> = Promise.resolve();

	constructor(options: IngestQueueOptions) {
		this.#options = options;
		this.#wait = new WakeableWait(options.ports.clock);
		this.#lease = new WorktreeLease(options.manifest, options.ports.clock, { worktreeId: options.worktree.id, owner: options.ports.uuid() });
	}

	async start(): Promise<void> {
		this.#isPaused = false;
		this.#needsScan = true;
		if (this.#stopper) this.#notify();
		else {
			const stopper = new AbortController();
			this.#stopper = stopper;
			this.#isSearchable = false;
			this.#setPhase('scanning');
			this.#running = this.#running.then(() => this.#loop(stopper));
		}
		await this.#wait.until(() => this.#isSearchable || this.#isAtRest());
		if (this.#phase === 'failed' && this.#problem) {
			throw new CoordinatorError(this.#problem.code === 'workspace-refused' ? 'workspace-refused' : 'internal', this.#problem.message, {
				details: this.#problem.details ?? {},
			});
		}
	}

	pause(): void {
		this.#isPaused = true;
		if (this.#stopper) this.#setPhase('paused');
		this.#notify();
	}

	resume(): void {
		this.#isPaused = false;
		this.#retryAtMs = 0;
		if (this.#stopper) this.#setPhase(this.#needsScan ? 'scanning' : 'indexing');
		this.#notify();
	}

	stop(): void {
		this.#stopper?.abort();
		this.#stopper = null;
		this.#needsScan = true;
		this.#progress = null;
		if (this.#phase !== 'not-indexed') this.#setPhase('stopped');
		this.#notify();
	}

	filesChanged(changes: readonly FileChange[]): void {
		for (const { path } of changes) {
			const relative = toRelativePosix(this.#options.worktree.path, path);
			if (relative === null) continue;
			if (relative === '' || RESCAN_NAMES.test(relative)) this.#needsScan = true;
			else if (!relative.startsWith('.git/')) this.#pending.add(relative);
		}
		if (this.#pending.size > MAX_CHANGES) this.#needsScan = true;
		if (this.#pending.size > 0 || this.#needsScan) this.#notify();
	}

	prioritise(paths: readonly string[]): void {
		const named = paths.map((path) => toRelativePosix(this.#options.worktree.path, path)).filter((path) => path !== null && path !== '');
		this.#recent = [...new Set([...(named as string[]), ...this.#recent])].slice(0, MAX_FIRST);
	}

	yieldTo(work: Promise<unknown>): void {
		this.#questions++;
		const over = new AbortController();
		const limit = this.#options.ports.clock.delay(MAX_YIELD_MS, over.signal).catch(() => undefined);
		void Promise.race([work.catch(() => undefined), limit]).then(() => {
			over.abort();
			this.#questions--;
			if (this.#questions === 0) this.#notify();
		});
	}

	status(): IngestQueueStatus {
		const { id, repositoryId, name, path } = this.#options.worktree;
		const model = this.#embedding;
		return {
			folder: { worktreeId: id, repositoryId, name, path, phase: this.#phase, ...this.#totals },
			progress: this.#progress,
			vectors: this.#vectors,
			embedding: model && { id: model.id, label: model.label, dimension: model.dimension, isRemote: model.isRemote },
			isSearchable: this.#isSearchable,
			problems: [this.#problem, this.#vectorProblem].filter((problem) => problem !== null),
			sizeBytes: this.#sizeBytes,
		};
	}

	async whenIdle(options: { readonly vectors?: boolean } = {}): Promise<void> {
		await this.#wait.until(() => {
			if (this.#isAtRest()) return true;
			const isQuiet = this.#pending.size === 0 && !this.#needsScan && (this.#phase === 'ready' || this.#phase === 'embedding');
			return (this.#phase === 'following' && this.#isSearchable) || (isQuiet && (options.vectors !== true || this.#phase !== 'embedding'));
		});
		if (this.#stopper === null) await this.#running;
	}

	async reset(): Promise<void> {
		this.stop();
		await this.#running;
		this.#pending.clear();
		this.#poison.clear();
		this.#totals = NO_TOTALS;
		this.#vectors = { done: 0, total: 0 };
		this.#isSearchable = false;
		this.#problem = null;
		this.#vectorProblem = null;
		this.#setPhase('not-indexed');
	}

	async settingsChanged(): Promise<void> {
		this.#needsVectors = true;
		this.#retryAtMs = 0;
		if (!this.#stopper) return;
		this.#needsScan = true;
		this.#notify();
	}

	async close(): Promise<void> {
		this.stop();
		await this.#running;
		this.#changed.dispose();
	}

	async #loop(stopper: AbortController): Promise<void> {
		const { ports, worktree } = this.#options;
		while (!stopper.signal.aborted) {
			try {
				await this.#step(stopper.signal);
			} catch (error) {
				if (stopper.signal.aborted) break;
				ports.log.error(`Indexing ${worktree.name} failed`, error);
				this.#problem = toProblem(error);
				this.#needsScan = true;
				this.#setPhase('failed');
				if (CoordinatorError.is(error, 'workspace-refused')) break;
				await this.#wait.sleep(this.#nextRetry(), stopper.signal);
			}
		}
		if (this.#stopper === stopper) this.#stopper = null;
		this.#settle();
		await this.#lease.release().catch((error: unknown) => ports.log.warn(`The lease was not released: ${String(error)}`));
	}

	/** The most urgent thing: the user's pause, the lease, a scan, changes, vectors, rest. */
	async #step(signal: AbortSignal): Promise<void> {
		if (this.#isPaused) {
			this.#setPhase('paused');
			// Whoever paused here does not want another window to go on.
			await this.#lease.hold();
			return this.#wait.sleep(HEARTBEAT_MS, signal);
		}
		if (!(await this.#lease.hold())) return this.#follow(signal);
		if (this.#needsScan) return this.#scan(signal);
		if (this.#pending.size > 0) return this.#applyChanges(signal);
		if (this.#needsVectors && this.#options.ports.clock.nowMs() >= this.#retryAtMs) return this.#embed(signal);
		this.#progress = null;
		this.#setPhase('ready');
		const untilRetryMs = this.#needsVectors ? Math.max(1, this.#retryAtMs - this.#options.ports.clock.nowMs()) : HEARTBEAT_MS;
		await this.#wait.sleep(Math.min(HEARTBEAT_MS, untilRetryMs), signal);
	}

	async #scan(signal: AbortSignal): Promise<void> {
		this.#needsScan = false;
		this.#pending.clear();
		this.#setPhase('scanning');
		const { manifest, worktree } = this.#options;
		await ingestWorktree(this.#options, { signal, first: this.#recent, onBatch: this.#meter('indexing', signal) });
		await manifest.markComplete(worktree.id);
		await this.#wordsAreTrue();
		await this.#countVectors();
	}

	async #applyChanges(signal: AbortSignal): Promise<void> {
		const { ports, worktree, manifest, settings, debounceMs = 60 } = this.#options;
		for (let seen = -1; seen !== this.#pending.size; ) {
			seen = this.#pending.size;
			await ports.clock.delay(debounceMs, signal);
		}
		if (this.#needsScan) return;
		const paths = [...this.#pending];
		this.#pending.clear();
		try {
			const known = await manifest.entries(worktree.id, paths);
			const changes = await classifyChanges(worktree.path, paths, new Set(known.keys()), ports.files, { index: settings().index, signal });
			this.#recent = [...new Set([...changes.files.map(({ path }) => path), ...this.#recent])].slice(0, MAX_FIRST);
			await manifest.remove(worktree, changes.gone);
			await ingestFiles(this.#options, changes.files, known, { signal, first: this.#recent, onBatch: this.#meter('indexing', signal) });
		} catch (error) {
			for (const path of paths) this.#pending.add(path);
			throw error;
		}
		await this.#wordsAreTrue();
	}

	async #wordsAreTrue(): Promise<void> {
		this.#problem = null;
		this.#retryMs = FIRST_RETRY_MS;
		this.#isSearchable = true;
		this.#needsVectors = true;
		this.#progress = null;
		await this.#count();
		this.#vectors = { done: Math.min(this.#vectors.done, this.#totals.chunks), total: this.#totals.chunks };
		this.#setPhase('embedding');
	}

	async #embed(signal: AbortSignal): Promise<void> {
		const { ports, vectors, embedding } = this.#options;
		try {
			const model = await embedding();
			if (model?.id !== this.#embedding?.id || this.#embedding === null) {
				this.#poison.clear();
				this.#embedding = model;
				await vectors.useEmbeddingModel(model?.id ?? null, model?.dimension ?? 0);
				await this.#countVectors();
			}
			if (!model) {
				this.#needsVectors = false;
				return;
			}
			this.#setPhase('embedding');
			const meter = this.#meter('embedding', signal);
			const start = this.#vectors.done;
			for (let done = 0, hasMore = true; hasMore && !this.#isInterrupted(); ) {
				while (this.#questions > 0 && !signal.aborted && !this.#isInterrupted()) await this.#wait.sleep(MAX_YIELD_MS, signal);
				const batch = await embedBatch(this.#options, model, this.#poison, { signal, first: this.#recent });
				done += batch.embedded;
				hasMore = batch.hasMore;
				this.#needsVectors = hasMore;
				this.#vectors = { done: Math.min(start + done, this.#vectors.total), total: this.#vectors.total };
				await meter(done, this.#vectors.total - start);
			}
			this.#retryMs = FIRST_RETRY_MS;
			this.#vectorProblem =
				this.#poison.size === 0
					? null
					: { code: 'texts-quarantined', message: `${this.#poison.size} chunks cannot be embedded and are found by words only.`, details: { chunks: this.#poison.size } };
			// A file's chunks may be the same as another's, so batches do not add up to the count.
			if (!this.#needsVectors) await this.#countVectors();
		} catch (error) {
			if (signal.aborted) throw error;
			ports.log.warn(`Vectors stopped: ${String(error)}`);
			this.#vectorProblem = toProblem(error);
			this.#needsVectors = true;
			this.#retryAtMs = ports.clock.nowMs() + this.#nextRetry();
			this.#progress = null;
			this.#setPhase('ready');
		}
	}

	/** Another process holds the lease: take over what it writes. */
	async #follow(signal: AbortSignal): Promise<void> {
		const { manifest, vectors, worktree, ports } = this.#options;
		await vectors.refresh();
		if (ports.clock.nowMs() >= this.#countAgainMs) {
			await this.#count();
			await this.#countVectors();
		}
		this.#pending.clear();
		this.#progress = null;
		this.#isSearchable = await manifest.isComplete(worktree.id);
		this.#setPhase('following');
		await this.#wait.sleep(FOLLOW_MS, signal);
		// The holder may be gone the next time, and nobody knows what it left undone.
		this.#needsScan = true;
	}

	/** Counts, shows progress at most four times a second, renews the lease, and waits while paused. */
	#meter(phase: 'indexing' | 'embedding', signal: AbortSignal): (done: number, total: number) => Promise<void> {
		const { clock } = this.#options.ports;
		const startedMs = clock.nowMs();
		let shownMs = Number.NEGATIVE_INFINITY;
		return async (done, total) => {
			if (!(await this.#lease.hold())) throw new CoordinatorError('database-locked', 'Another process took over the indexing of this folder.', { isRetryable: true });
			while (this.#isPaused && phase === 'indexing' && !signal.aborted) {
				await this.#wait.sleep(HEARTBEAT_MS, signal);
				await this.#lease.hold();
			}
			if (signal.aborted) return;
			const now = clock.nowMs();
			if (now - shownMs < 250 && done < total) return;
			shownMs = now;
			const perSecond = now > startedMs ? (done * 1000) / (now - startedMs) : 0;
			this.#progress = total === 0 ? null : { done, total, perSecond, etaSeconds: perSecond > 0 ? Math.ceil((total - done) / perSecond) : null };
			if (phase === 'indexing' && now >= this.#countAgainMs) await this.#count();
			if (!this.#isPaused) this.#setPhase(phase);
		};
	}

	async #count(): Promise<void> {
		const { manifest, worktree, ports } = this.#options;
		const startedMs = ports.clock.nowMs();
		this.#totals = await manifest.totals(worktree.id);
		this.#sizeBytes = await manifest.sizeBytes();
		this.#countAgainMs = ports.clock.nowMs() + (ports.clock.nowMs() - startedMs) / COUNT_SHARE;
	}

	/** Counts by what is stored; in between, the count is carried on from batch to batch. */
	async #countVectors(): Promise<void> {
		const { vectors, worktree, ports } = this.#options;
		const startedMs = ports.clock.nowMs();
		const info = await vectors.info('codebase-context', worktree.id);
		this.#vectors = { done: info.vectors, total: info.points };
		this.#countAgainMs = Math.max(this.#countAgainMs, ports.clock.nowMs() + (ports.clock.nowMs() - startedMs) / COUNT_SHARE);
	}

	#isInterrupted(): boolean {
		return this.#isPaused || this.#needsScan || this.#pending.size > 0;
	}

	/** Nothing will happen unless somebody asks for it. */
	#isAtRest(): boolean {
		return this.#stopper === null || this.#isPaused || this.#phase === 'failed';
	}

	#nextRetry(): number {
		const delay = this.#retryMs;
		this.#retryMs = Math.min(delay * 2, LAST_RETRY_MS);
		return delay;
	}

	#notify(): void {
		this.#wait.wake();
		this.#settle();
	}

	#setPhase(phase: IndexPhase): void {
		this.#phase = phase;
		this.#settle();
	}

	#settle(): void {
		this.#wait.recheck();
		this.#changed.fire();
	}
}

function toProblem(error: unknown): IndexProblem {
	if (CoordinatorError.is(error)) return { code: error.code, message: error.message, details: error.details };
	return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
