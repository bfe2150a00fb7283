import { isCancellation } from '#core/base/abort';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ClockPort, LogPort } from '#core/ports';
import type { Settings } from '#core/settings';
import type { InteractionStores } from './book/removeItems.ts';
import { enforceRetention } from './book/retention.ts';
import { embedLearned } from './embedLearned.ts';
import type { PracticeReader, PracticeSource } from './practice/practiceReader.ts';

/** After the start, and between two looks whether there is something to do. */
const INTERVAL_MS = 600_000;
/** Between two rounds of forgetting what is old. */
const RETENTION_MS = 6 * 3_600_000;

/** What is done for the learned items when nobody waits. */
export interface Care {
	/** Items may have no vector yet. */
	embedSoon(): void;
	/** Rules of the open worktrees may be new or changed. */
	readPracticesSoon(): void;
	yieldTo(work: Promise<unknown>): void;
	/** Ends what is under way, before it writes anything more: an item may be about to be deleted. */
	interrupt(): void;
	close(): Promise<void>;
}

/**
 * Reads practices, makes missing vectors with an embedding model that is loaded anyway, and keeps to the retention settings: one after the
 * other, between questions. What fails is logged and tried at the next interval.
 */
export function createCare(options: {
	readonly removal: InteractionStores;
	readonly practices: PracticeReader;
	readonly sources: () => readonly PracticeSource[];
	/** Runs what must not meet a deletion or an outcome. */
	readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
	readonly loadedEmbedding: () => EmbeddingModel | null;
	readonly settings: () => Settings;
	readonly clock: ClockPort;
	readonly log: Pick<LogPort, 'debug' | 'warn'>;
}): Care {
	const { removal, practices, settings, clock, log } = options;
	const closing = new AbortController();
	let embedding = new AbortController();
	const busy = new Set<Promise<unknown>>();
	let needsVectors = true;
	let needsPractices = false;
	/** The model whose vectors are known to be complete. */
	let completeFor: string | null = null;
	let retentionDueMs = clock.nowMs() + INTERVAL_MS;
	let running: Promise<void> | null = null;

	async function readPractices(): Promise<void> {
		needsPractices = false;
		if (!settings().learning.enabled) return;
		for (const source of options.sources()) if ((await practices.refresh(source)) > 0) needsVectors = true;
	}

	async function embed(): Promise<void> {
		const model = options.loadedEmbedding();
		if (!model || !settings().learning.enabled) return;
		if (!needsVectors && completeFor === model.id) return;
		needsVectors = false;
		embedding = new AbortController();
		await embedLearned(removal.store, model, AbortSignal.any([closing.signal, embedding.signal]));
		completeFor = model.id;
	}

	async function forgetOld(): Promise<void> {
		if (clock.nowMs() < retentionDueMs) return;
		retentionDueMs = clock.nowMs() + RETENTION_MS;
		const removed = await options.inTurn(async () => {
			const gone = await enforceRetention(removal, settings().learning, clock, closing.signal);
			// What a deletion that was cut off left behind.
			if (gone === 0) await removal.eraser.purge();
			return gone;
		});
		if (removed > 0) log.debug(`${removed} old questions were forgotten`);
	}

	async function round(): Promise<void> {
		for (const task of [readPractices, embed, forgetOld]) {
			while (busy.size > 0) await Promise.allSettled(busy);
			if (closing.signal.aborted) return;
			await task().catch((error: unknown) => {
				if (!isCancellation(error)) log.warn(`The care of what was learned failed and is tried again: ${String(error)}`);
				if (task === embed) needsVectors = true;
			});
		}
	}

	function start(): void {
		if (closing.signal.aborted) return;
		running ??= (async () => {
			do await round();
			while (needsPractices && !closing.signal.aborted);
		})().finally(() => {
			running = null;
		});
	}

	/** The clock's delay ends with `cancelled` when the room closes. */
	async function look(): Promise<void> {
		for (;;) {
			await clock.delay(INTERVAL_MS, closing.signal);
			start();
		}
	}
	look().catch(() => undefined);

	return {
		embedSoon() {
			needsVectors = true;
			start();
		},
		readPracticesSoon() {
			needsPractices = true;
			start();
		},
		yieldTo(work) {
			const settled = work.then(
				() => undefined,
				() => undefined,
			);
			busy.add(settled);
			void settled.then(() => {
				busy.delete(settled);
				// The question may have loaded the model.
				const model = options.loadedEmbedding();
				if (busy.size === 0 && model && (needsVectors || completeFor !== model.id)) start();
			});
		},
		interrupt() {
			embedding.abort();
		},
		async close() {
			closing.abort();
			while (running) await running;
		},
	};
}
