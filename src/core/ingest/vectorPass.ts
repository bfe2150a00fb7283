import type { IndexProblem } from '#core/domain/indexStatus';
import type { LocalOnlyCheck } from '#core/domain/localOnly';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import { embedBatch, type WithoutVector } from './embedMissing.ts';
import type { IndexTally } from './indexTally.ts';
import type { IngestTarget } from './ingestPipeline.ts';
import { RetryDelay } from './retryDelay.ts';
import { toProblem } from './toProblem.ts';
import type { WakeableWait } from './wakeableWait.ts';

/** Longest that vectors wait for one question. */
const MAX_YIELD_MS = 5_000;

export interface VectorTarget extends IngestTarget {
	readonly embedding: () => Promise<EmbeddingModel | null>;
	readonly localOnly: LocalOnlyCheck;
}

export interface VectorRun {
	readonly signal: AbortSignal;
	/** Paths that come first, asked before every batch. */
	readonly first: () => readonly string[];
	/** True when something more urgent has come. */
	readonly isInterrupted: () => boolean;
	/** Called once, when the model is there; what it returns is called after every batch, and rejects where the work must end. */
	readonly begin: () => (done: number, total: number) => Promise<void>;
}

/** Gives one worktree's chunks their vectors; knows which model, which texts fail, and when to try again. */
export class VectorPass {
	readonly #target: VectorTarget;
	readonly #tally: IndexTally;
	readonly #wait: WakeableWait;
	readonly #without: WithoutVector = { poison: new Set(), withheld: new Set() };
	readonly #retry = new RetryDelay();
	#model: EmbeddingModel | null = null;
	#problem: IndexProblem | null = null;
	#isWanted = true;
	#retryAtMs = 0;
	#questions = 0;

	constructor(target: VectorTarget, tally: IndexTally, wait: WakeableWait) {
		this.#target = target;
		this.#tally = tally;
		this.#wait = wait;
	}

	get model(): EmbeddingModel | null {
		return this.#model;
	}
	get problem(): IndexProblem | null {
		return this.#problem;
	}
	/** Milliseconds until there is something to do; null: nothing, as far as is known. */
	get dueInMs(): number | null {
		return this.#isWanted ? Math.max(0, this.#retryAtMs - this.#target.ports.clock.nowMs()) : null;
	}

	/** Some chunks may have no vector. */
	want(): void {
		this.#isWanted = true;
	}

	/** Tries a model that failed at once, not when its wait is over. */
	retryNow(): void {
		this.#retryAtMs = 0;
	}

	/** After the index was cleared. */
	reset(): void {
		this.#without.poison.clear();
		this.#problem = null;
	}

	/** Makes no vectors until the work is done, for some seconds at most; `onOver` when nobody is waited for any more. */
	yieldTo(work: Promise<unknown>, onOver: () => void): void {
		this.#questions++;
		const over = new AbortController();
		const limit = this.#target.ports.clock.delay(MAX_YIELD_MS, over.signal).catch(() => undefined);
		void Promise.race([work.catch(() => undefined), limit]).then(() => {
			over.abort();
			this.#questions--;
			if (this.#questions === 0) onOver();
		});
	}

	/** Goes on until no vector is missing or something else is more urgent. False when the model failed: that is noted, and tried again later. */
	async run(run: VectorRun): Promise<boolean> {
		const { ports } = this.#target;
		try {
			const model = await this.#useModel();
			if (model) await this.#embed(model, run);
			else this.#isWanted = false;
			return true;
		} catch (error) {
			if (run.signal.aborted) throw error;
			ports.log.warn(`Vectors stopped: ${String(error)}`);
			this.#problem = toProblem(error);
			this.#isWanted = true;
			this.#retryAtMs = ports.clock.nowMs() + this.#retry.next(error);
			// A part of a batch may have been made.
			await this.#tally.countVectors().catch(() => undefined);
			return false;
		}
	}

	async #useModel(): Promise<EmbeddingModel | null> {
		const model = await this.#target.embedding();
		if (model?.id !== this.#model?.id || this.#model === null) {
			this.#without.poison.clear();
			this.#model = model;
			await this.#target.vectors.useEmbeddingModel(model?.id ?? null, model?.dimension ?? 0);
			await this.#tally.countVectors();
		}
		return model;
	}

	async #embed(model: EmbeddingModel, { signal, first, isInterrupted, begin }: VectorRun): Promise<void> {
		const onBatch = begin();
		// What is local-only may have changed since the last time.
		this.#without.withheld.clear();
		const start = this.#tally.vectors.done;
		for (let done = 0, hasMore = true; hasMore && !isInterrupted(); ) {
			while (this.#questions > 0 && !signal.aborted && !isInterrupted()) await this.#wait.sleep(MAX_YIELD_MS, signal);
			const batch = await embedBatch(this.#target, model, this.#without, { signal, first: first() });
			done += batch.embedded;
			if (batch.embedded > 0) this.#retry.reset();
			hasMore = batch.hasMore;
			this.#isWanted = hasMore;
			this.#tally.carryVectors(start + done);
			await onBatch(done, this.#tally.vectors.total - start);
		}
		this.#retry.reset();
		const chunks = this.#without.poison.size;
		this.#problem = chunks === 0 ? null : { code: 'texts-quarantined', message: `${chunks} chunks cannot be embedded and are found by words only.`, details: { chunks } };
		// A file's chunks may be the same as another's, so batches do not add up to the count.
		if (!this.#isWanted) await this.#tally.countVectors();
	}
}
