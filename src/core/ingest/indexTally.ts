import type { IndexStatus } from '#core/domain/indexStatus';
import type { ManifestTotals } from '#core/store/manifestStore';
import type { IngestTarget } from './ingestPipeline.ts';

/** Counting takes at most this share of the time. */
const COUNT_SHARE = 1 / 20;
/** Progress is shown at most this often. */
const SHOW_MS = 250;
const NO_TOTALS: ManifestTotals = { files: 0, lines: 0, chunks: 0, bytes: 0, languages: {}, skipped: {} };

/** The figures of one worktree's index: what is stored, and how far the work under way is. */
export class IndexTally {
	readonly #target: IngestTarget;
	#totals = NO_TOTALS;
	#sizeBytes = 0;
	#vectors = { done: 0, total: 0 };
	#progress: IndexStatus['progress'] = null;
	#countAgainMs = Number.NEGATIVE_INFINITY;

	constructor(target: IngestTarget) {
		this.#target = target;
	}

	get totals(): ManifestTotals {
		return this.#totals;
	}
	get sizeBytes(): number {
		return this.#sizeBytes;
	}
	get vectors(): IndexStatus['vectors'] {
		return this.#vectors;
	}
	get progress(): IndexStatus['progress'] {
		return this.#progress;
	}
	/** Whether it is long enough since the last count. */
	get isDue(): boolean {
		return this.#target.ports.clock.nowMs() >= this.#countAgainMs;
	}

	/** Files, lines, chunks and bytes, by what is stored. */
	async count(): Promise<void> {
		const { manifest, worktree, ports } = this.#target;
		const startedMs = ports.clock.nowMs();
		this.#totals = await manifest.totals(worktree.id);
		this.#sizeBytes = await manifest.sizeBytes();
		this.#countAgainMs = ports.clock.nowMs() + (ports.clock.nowMs() - startedMs) / COUNT_SHARE;
	}

	/** Vectors by what is stored; in between, the count is carried on from batch to batch. */
	async countVectors(): Promise<void> {
		const { vectors, worktree, ports } = this.#target;
		const startedMs = ports.clock.nowMs();
		const info = await vectors.info('codebase-context', worktree.id);
		this.#vectors = { done: info.vectors, total: info.points };
		this.#countAgainMs = Math.max(this.#countAgainMs, ports.clock.nowMs() + (ports.clock.nowMs() - startedMs) / COUNT_SHARE);
	}

	/** Counts after the words were brought up to date; how many have a vector is looked up later. */
	async countWords(): Promise<void> {
		this.#progress = null;
		await this.count();
		this.#vectors = { done: Math.min(this.#vectors.done, this.#totals.chunks), total: this.#totals.chunks };
	}

	/** `done` vectors are there now, as far as batches add up. */
	carryVectors(done: number): void {
		this.#vectors = { done: Math.min(done, this.#vectors.total), total: this.#vectors.total };
	}

	/** Begins to measure work of one kind. What it returns takes over each batch, and says whether it is time to show it. */
	measure(): (done: number, total: number) => boolean {
		const { clock } = this.#target.ports;
		const startedMs = clock.nowMs();
		let shownMs = Number.NEGATIVE_INFINITY;
		return (done, total) => {
			const now = clock.nowMs();
			if (now - shownMs < SHOW_MS && done < total) return false;
			shownMs = now;
			const perSecond = now > startedMs ? (done * 1000) / (now - startedMs) : 0;
			this.#progress = total === 0 ? null : { done, total, perSecond, etaSeconds: perSecond > 0 ? Math.ceil((total - done) / perSecond) : null };
			return true;
		};
	}

	/** Nothing is under way. */
	rest(): void {
		this.#progress = null;
	}

	/** Forgets all figures but the size. */
	reset(): void {
		this.#totals = NO_TOTALS;
		this.#vectors = { done: 0, total: 0 };
	}
}
