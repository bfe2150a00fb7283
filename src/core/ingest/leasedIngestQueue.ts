import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import { Emitter, type Event } from '#core/base/event';
import type { IndexPhase, IndexProblem } from '#core/domain/indexStatus';
import type { LocalOnlyCheck } from '#core/domain/localOnly';
import type { FileChange } from '#core/domain/requests';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { Ports } from '#core/ports';
import { ChangeList } from './changeList.ts';
import { IndexTally } from './indexTally.ts';
import { type IngestTarget, ingestWorktree } from './ingestPipeline.ts';
import type { IngestQueue, IngestQueueStatus } from './ingestQueue.ts';
import { RetryDelay } from './retryDelay.ts';
import { toProblem } from './toProblem.ts';
import { VectorPass } from './vectorPass.ts';
import { WakeableWait } from './wakeableWait.ts';
import { HEARTBEAT_MS, WorktreeLease } from './worktreeLease.ts';

export interface IngestQueueOptions extends Omit<IngestTarget, 'ports'> {
	readonly embedding: () => Promise<EmbeddingModel | null>;
	readonly localOnly: LocalOnlyCheck;
	readonly ports: IngestTarget['ports'] & Pick<Ports, 'processes' | 'uuid'>;
	/** Wait after the last change, milliseconds. */
	readonly debounceMs?: number;
}

const FOLLOW_MS = 2_000;
/** Wait after the last change where the options name none, milliseconds. */
const DEBOUNCE_MS = 60;

/** The queue over a lease in the worktree's own index; nothing happens before `start`. */
export class LeasedIngestQueue implements IngestQueue {
	readonly #options: IngestQueueOptions;
	readonly #lease: WorktreeLease;
	readonly #changed = new Emitter<void>();
	readonly #changes: ChangeList;
	readonly #wait: WakeableWait;
	readonly #tally: IndexTally;
	readonly #vectors: VectorPass;
	readonly #retry = new RetryDelay();
	readonly onDidChange: Event<void> = this.#changed.event;

	#phase: IndexPhase = 'not-indexed';
	#problem: IndexProblem | null = null;
	#isSearchable = false;
	#isPaused = false;
	#stopper: AbortController | null = null;
	#running: Promise<void> = Promise.resolve();

	constructor(options: IngestQueueOptions) {
		this.#options = options;
		this.#changes = new ChangeList(options);
		this.#wait = new WakeableWait(options.ports.clock);
		this.#tally = new IndexTally(options);
		this.#vectors = new VectorPass(options, this.#tally, this.#wait);
		this.#lease = new WorktreeLease(options.manifest, options.ports, options.worktree.id);
	}

	async start(): Promise<void> {
		this.#isPaused = false;
		this.#changes.needsScan = true;
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
			throw new CoordinatorError(this.#problem.code as ErrorCode, this.#problem.message, { details: this.#problem.details ?? {} });
		}
	}

	pause(): void {
		this.#isPaused = true;
		if (this.#stopper) this.#setPhase('paused');
		this.#notify();
	}

	resume(): void {
		this.#isPaused = false;
		this.#vectors.retryNow();
		if (this.#stopper) this.#setPhase(this.#changes.needsScan ? 'scanning' : 'indexing');
		this.#notify();
	}

	stop(): void {
		this.#stopper?.abort();
		this.#stopper = null;
		this.#changes.needsScan = true;
		this.#tally.rest();
		if (this.#phase !== 'not-indexed') this.#setPhase('stopped');
		this.#notify();
	}

	filesChanged(changes: readonly FileChange[]): void {
		this.#changes.add(changes);
		if (!this.#changes.isEmpty) this.#notify();
	}

	prioritise(paths: readonly string[]): void {
		this.#changes.prioritise(paths);
	}

	yieldTo(work: Promise<unknown>): void {
		this.#vectors.yieldTo(work, () => this.#notify());
	}

	status(): IngestQueueStatus {
		const { id, repositoryId, name, path } = this.#options.worktree;
		const { model } = this.#vectors;
		const { totals, progress, vectors, sizeBytes } = this.#tally;
		return {
			folder: { worktreeId: id, repositoryId, name, path, phase: this.#phase, ...totals },
			progress,
			vectors,
			embedding: model && { id: model.id, label: model.label, dimension: model.dimension, isRemote: model.isRemote },
			isSearchable: this.#isSearchable,
			problems: [this.#problem, this.#vectors.problem].filter((problem) => problem !== null),
			sizeBytes,
		};
	}

	async whenIdle(options: { readonly vectors?: boolean } = {}): Promise<void> {
		await this.#wait.until(() => {
			if (this.#isAtRest()) return true;
			const isQuiet = this.#changes.isEmpty && (this.#phase === 'ready' || this.#phase === 'embedding');
			return (this.#phase === 'following' && this.#isSearchable) || (isQuiet && (options.vectors !== true || this.#phase !== 'embedding'));
		});
		if (this.#stopper === null) await this.#running;
	}

	async reset(): Promise<void> {
		this.stop();
		await this.#running;
		this.#changes.clear();
		this.#vectors.reset();
		this.#tally.reset();
		this.#isSearchable = false;
		this.#problem = null;
		this.#setPhase('not-indexed');
	}

	async countAgain(): Promise<void> {
		await this.#tally.count();
		this.#changed.fire();
	}

	async settingsChanged(): Promise<void> {
		this.#vectors.want();
		this.#vectors.retryNow();
		if (!this.#stopper) return;
		this.#changes.needsScan = true;
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
				this.#changes.needsScan = true;
				this.#setPhase('failed');
				if (CoordinatorError.is(error, 'workspace-refused')) break;
				await this.#wait.sleep(this.#retry.next(), stopper.signal);
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
		if (this.#changes.needsScan) return this.#scan(signal);
		if (this.#changes.hasPaths) return this.#applyChanges(signal);
		const dueInMs = this.#vectors.dueInMs;
		if (dueInMs === 0) return this.#embed(signal);
		this.#tally.rest();
		this.#setPhase('ready');
		await this.#wait.sleep(Math.min(HEARTBEAT_MS, dueInMs ?? HEARTBEAT_MS), signal);
	}

	async #scan(signal: AbortSignal): Promise<void> {
		this.#changes.needsScan = false;
		this.#changes.clear();
		this.#setPhase('scanning');
		const { manifest, worktree } = this.#options;
		await ingestWorktree(this.#options, { signal, first: this.#changes.first, onBatch: this.#meter('indexing', signal) });
		await manifest.markComplete(worktree.id);
		await this.#wordsAreTrue();
		await this.#tally.countVectors();
	}

	async #applyChanges(signal: AbortSignal): Promise<void> {
		const isDone = await this.#changes.apply({ signal, onBatch: this.#meter('indexing', signal) }, this.#options.debounceMs ?? DEBOUNCE_MS);
		if (isDone) await this.#wordsAreTrue();
	}

	async #wordsAreTrue(): Promise<void> {
		this.#problem = null;
		this.#retry.reset();
		this.#isSearchable = true;
		this.#vectors.want();
		await this.#tally.countWords();
		this.#setPhase('embedding');
	}

	async #embed(signal: AbortSignal): Promise<void> {
		const isWell = await this.#vectors.run({
			signal,
			first: () => this.#changes.first,
			isInterrupted: () => this.#isInterrupted(),
			begin: () => {
				this.#setPhase('embedding');
				return this.#meter('embedding', signal);
			},
		});
		if (isWell) return;
		this.#tally.rest();
		this.#setPhase('ready');
	}

	/** Another process holds the lease: take over what it writes. */
	async #follow(signal: AbortSignal): Promise<void> {
		const { manifest, vectors, worktree } = this.#options;
		await vectors.refresh();
		if (this.#tally.isDue) {
			await this.#tally.count();
			await this.#tally.countVectors();
		}
		this.#changes.clear();
		this.#tally.rest();
		this.#isSearchable = await manifest.isComplete(worktree.id);
		this.#setPhase('following');
		await this.#wait.sleep(FOLLOW_MS, signal);
		// The holder may be gone the next time, and nobody knows what it left undone.
		this.#changes.needsScan = true;
	}

	/** Counts, shows progress at most four times a second, renews the lease, and waits while paused. */
	#meter(phase: 'indexing' | 'embedding', signal: AbortSignal): (done: number, total: number) => Promise<void> {
		const measure = this.#tally.measure();
		return async (done, total) => {
			if (!(await this.#lease.hold())) throw new CoordinatorError('database-locked', 'Another process took over the indexing of this folder.', { isRetryable: true });
			while (this.#isPaused && phase === 'indexing' && !signal.aborted) {
				await this.#wait.sleep(HEARTBEAT_MS, signal);
				await this.#lease.hold();
			}
			if (signal.aborted || !measure(done, total)) return;
			if (phase === 'indexing' && this.#tally.isDue) await this.#tally.count();
			if (!this.#isPaused) this.#setPhase(phase);
		};
	}

	#isInterrupted(): boolean {
		return this.#isPaused || !this.#changes.isEmpty;
	}

	/** Nothing will happen unless somebody asks for it. */
	#isAtRest(): boolean {
		return this.#stopper === null || this.#isPaused || this.#phase === 'failed';
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
