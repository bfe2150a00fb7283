import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import { Emitter, type Event } from '#core/base/event';
import type { FolderStatus, IndexPhase, IndexProblem, IndexStatus } from '#core/domain/indexStatus';
import type { FileChange } from '#core/domain/requests';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ManifestTotals } from '#core/store/manifestStore';
import { embedBatch, type IngestTarget, ingestFiles, ingestWorktree } from './ingestPipeline.ts';
import { classifyChanges } from './scan/classifyChanges.ts';
import { toRelativePosix } from './scan/workspacePaths.ts';

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

const LEASE_MS = 30_000;
const HEARTBEAT_MS = 10_000;
const FOLLOW_MS = 2_000;
/** More changes than this at once, and a scan is cheaper and surer. */
const MAX_CHANGES = 500;
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
	readonly #owner: string;
	readonly #changed = new Emitter<void>();
	readonly #pending = new Set<string>();
	readonly #poison = new Set<string>();
	readonly #waiters = new Set<() => void>();
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
	#leaseRenewedMs = Number.NEGATIVE_INFINITY;
	#stopper: AbortController | null = null;
	#running: Promise<void> = Promise.resolve();
	#wake = new AbortController();

	constructor(options: IngestQueueOptions) {
		this.#options = options;
		this.#owner = options.ports.uuid();
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
		await this.#until(() => this.#isSearchable || this.#isAtRest());
		if (this.#phase === 'failed' && this.#problem) {
			throw new CoordinatorError(this.#problem.code === 'workspace-refused' ? 'workspace-refused' : 'internal', this.#problem.message, { details: this.#problem.details ?? {} });
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
		await this.#until(() => {
			if (this.#isAtRest()) return true;
			const isQuiet = this.#pending.size === 0 && !this.#needsScan && (this.#phase === 'ready' || this.#phase === 'following' || this.#phase === 'embedding');
			return this.#phase === 'following' || (isQuiet && (options.vectors !== true || this.#phase !== 'embedding'));
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
		const { ports, manifest, worktree } = this.#options;
		while (!stopper.signal.aborted) {
			try {
				await this.#step(stopper.signal);
			} catch (error) {
				if (stopper.signal.aborted || isCancellation(error)) break;
				ports.log.error(`Indexing ${worktree.name} failed`, error);
				this.#problem = toProblem(error);
				this.#needsScan = true;
				this.#setPhase('failed');
				if (CoordinatorError.is(error, 'workspace-refused')) break;
				await this.#sleep(this.#nextRetry(), stopper.signal);
			}
		}
		if (this.#stopper === stopper) this.#stopper = null;
		this.#leaseRenewedMs = Number.NEGATIVE_INFINITY;
		await manifest.releaseLease(worktree.id, this.#owner).catch((error: unknown) => ports.log.warn(`The lease was not released: ${String(error)}`));
	}

	/** The most urgent thing: the user's pause, the lease, a scan, changes, vectors, rest. */
	async #step(signal: AbortSignal): Promise<void> {
		if (this.#isPaused) {
			this.#setPhase('paused');
			return this.#sleep(HEARTBEAT_MS, signal);
		}
		if (!(await this.#holdLease())) return this.#follow(signal);
		if (this.#needsScan) return this.#scan(signal);
		if (this.#pending.size > 0) return this.#applyChanges(signal);
		if (this.#needsVectors && this.#options.ports.clock.nowMs() >= this.#retryAtMs) return this.#embed(signal);
		this.#progress = null;
		this.#setPhase('ready');
		const untilRetryMs = this.#needsVectors ? Math.max(1, this.#retryAtMs - this.#options.ports.clock.nowMs()) : HEARTBEAT_MS;
		await this.#sleep(Math.min(HEARTBEAT_MS, untilRetryMs), signal);
	}

	async #scan(signal: AbortSignal): Promise<void> {
		this.#needsScan = false;
		this.#pending.clear();
		this.#setPhase('scanning');
		await ingestWorktree(this.#options, { signal, first: this.#recent, onBatch: this.#meter('indexing', signal) });
		await this.#wordsAreTrue();
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
		const known = await manifest.entries(worktree.id);
		try {
			const changes = await classifyChanges(worktree.path, paths, [...known.keys()], ports.files, settings().index);
			if (changes.needsScan) {
				this.#needsScan = true;
				return;
			}
			this.#recent = [...changes.files.map(({ path }) => path), ...this.#recent].slice(0, 50);
			await manifest.remove(worktree, changes.gone);
			await ingestFiles(this.#options, changes.files, known, { signal, onBatch: this.#meter('indexing', signal) });
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
		this.#setPhase('embedding');
	}

	async #embed(signal: AbortSignal): Promise<void> {
		const { ports, vectors, embedding } = this.#options;
		try {
			const model = await embedding();
			if (model?.id !== this.#embedding?.id || this.#embedding === null) {
				this.#poison.clear();
				await vectors.useEmbeddingModel(model?.id ?? null, model?.dimension ?? 0);
			}
			this.#embedding = model;
			if (!model) {
				this.#needsVectors = false;
				return;
			}
			this.#setPhase('embedding');
			await this.#count();
			const meter = this.#meter('embedding', signal);
			const start = this.#vectors.done;
			for (let done = 0, hasMore = true; hasMore && !this.#isInterrupted(); ) {
				const batch = await embedBatch(this.#options, model, this.#poison, { signal, first: this.#recent });
				done += batch.embedded;
				hasMore = batch.hasMore;
				this.#needsVectors = hasMore;
				this.#vectors = { done: Math.min(start + done, this.#vectors.total), total: this.#vectors.total };
				await meter(done, this.#vectors.total - start);
			}
			this.#retryMs = FIRST_RETRY_MS;
			this.#vectorProblem =
				this.#poison.size === 0 ? null : { code: 'texts-quarantined', message: `${this.#poison.size} chunks cannot be embedded and are found by words only.`, details: { chunks: this.#poison.size } };
			await this.#count();
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
		await this.#options.vectors.refresh();
		await this.#count();
		this.#pending.clear();
		this.#progress = null;
		this.#isSearchable = true;
		this.#setPhase('following');
		await this.#sleep(FOLLOW_MS, signal);
		// The holder may be gone the next time, and nobody knows what it left undone.
		this.#needsScan = true;
	}

	async #holdLease(): Promise<boolean> {
		const now = this.#options.ports.clock.nowMs();
		if (now - this.#leaseRenewedMs < HEARTBEAT_MS) return true;
		const answer = await this.#options.manifest.acquireLease(this.#options.worktree.id, this.#owner, LEASE_MS);
		this.#leaseRenewedMs = answer === 'acquired' ? now : Number.NEGATIVE_INFINITY;
		return answer === 'acquired';
	}

	/** Counts, shows progress at most four times a second, renews the lease, and waits while paused. */
	#meter(phase: 'indexing' | 'embedding', signal: AbortSignal): (done: number, total: number) => Promise<void> {
		const { clock } = this.#options.ports;
		const startedMs = clock.nowMs();
		let shownMs = Number.NEGATIVE_INFINITY;
		return async (done, total) => {
			if (!(await this.#holdLease())) throw new CoordinatorError('database-locked', 'Another process took over the indexing of this folder.', { isRetryable: true });
			while (this.#isPaused && phase === 'indexing' && !signal.aborted) await this.#sleep(HEARTBEAT_MS, signal);
			const now = clock.nowMs();
			if (now - shownMs < 250 && done < total) return;
			shownMs = now;
			const perSecond = now > startedMs ? (done * 1000) / (now - startedMs) : 0;
			this.#progress = total === 0 ? null : { done, total, perSecond, etaSeconds: perSecond > 0 ? Math.ceil((total - done) / perSecond) : null };
			if (phase === 'indexing' && total > 0) this.#totals = await this.#options.manifest.totals(this.#options.worktree.id);
			if (!this.#isPaused) this.#setPhase(phase);
		};
	}

	async #count(): Promise<void> {
		const { manifest, vectors, worktree } = this.#options;
		this.#totals = await manifest.totals(worktree.id);
		this.#sizeBytes = await manifest.sizeBytes();
		const info = await vectors.info('codebase-context');
		this.#vectors = { done: info.vectors, total: info.points };
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

	/** Ends early when something is queued or asked. */
	async #sleep(ms: number, signal: AbortSignal): Promise<void> {
		try {
			await this.#options.ports.clock.delay(ms, AbortSignal.any([signal, this.#wake.signal]));
		} catch (error) {
			if (!isCancellation(error)) throw error;
		}
	}

	#notify(): void {
		this.#wake.abort();
		this.#wake = new AbortController();
		this.#settle();
	}

	#setPhase(phase: IndexPhase): void {
		this.#phase = phase;
		this.#settle();
	}

	#settle(): void {
		for (const check of [...this.#waiters]) check();
		this.#changed.fire();
	}

	#until(condition: () => boolean): Promise<void> {
		if (condition()) return Promise.resolve();
		return new Promise((resolve) => {
			const check = () => {
				if (!condition()) return;
				this.#waiters.delete(check);
				resolve();
			};
			this.#waiters.add(check);
		});
	}
}

function toProblem(error: unknown): IndexProblem {
	if (CoordinatorError.is(error)) return { code: error.code, message: error.message, details: error.details };
	return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
