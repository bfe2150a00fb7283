import { CoordinatorError } from '#core/base/errors';
import { COLLECTION_NAMES, type CollectionName } from '#core/domain/collection';
import type { ClockPort, LogPort } from '#core/ports';
import type { AverageTerms, AverageTermsOf } from '../qdrant/sparseVectors.ts';
import type { SqliteDatabase } from '../sqlite.ts';
import type { VectorPoint, VectorStore } from '../vectorStore.ts';
import { readAverageTerms, readLocalPoints } from './localPoints.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import type { SharedLink } from './sharedLink.ts';

/** For each point whether it may leave this machine. */
export type MayLeave = (collection: CollectionName, points: readonly VectorPoint[]) => Promise<readonly boolean[]>;

/** A store that can be told the mean lengths of a workspace's texts, which it does not know of what it is told in parts. */
export interface SharedRemote extends VectorStore {
	upsert<C extends CollectionName>(collection: C, points: readonly VectorPoint<C>[], averageTerms?: AverageTermsOf): Promise<void>;
}

export interface OutboxDeliveryOptions {
	readonly database: SqliteDatabase;
	readonly outbox: Outbox;
	readonly remote: SharedRemote;
	readonly link: SharedLink;
	readonly mayLeave: MayLeave;
	/** The model whose vectors are delivered. */
	readonly model: () => { readonly model: string; readonly dimension: number } | null;
	/** Names this process and store among all that deliver from this database. */
	readonly owner: string;
	/** Points of this user that the shared store has, and those that are here: fewer than were delivered means that it was emptied. */
	readonly countShared: (collection: CollectionName) => Promise<number>;
	readonly countLocal: (collection: CollectionName) => Promise<number>;
	readonly clock: ClockPort;
	readonly log: LogPort;
}

const BATCH = 128;
/** Longer than a request may take. */
const LEASE_MS = 150_000;
/** Pause before a store that failed is asked again; twice as long after each failure, up to the last. */
const PAUSES_MS = [1_000, 5_000, 15_000, 60_000] as const;
/** Points that are written against means that were read once. */
const AVERAGE_USES = 1_000;
/** Longest that closing waits for a request under way. */
const CLOSE_MS = 2_000;
/** Another process may be delivering, or have written: looked for this often. */
const IDLE_MS = 5_000;

/** Delivers an outbox to the shared store, one batch after the other, as long as it is open. */
export class OutboxDelivery {
	readonly #options: OutboxDeliveryOptions;
	readonly #closing = new AbortController();
	#wake: (() => void) | null = null;
	#running: Promise<void> | null = null;
	#failures = 0;
	readonly #averages = new Map<string, { readonly terms: AverageTerms; uses: number }>();

	constructor(options: OutboxDeliveryOptions) {
		this.#options = options;
	}

	/** Delivers in the background from now on. */
	start(): void {
		this.#running ??= this.#run();
	}

	/** Something was written: it is delivered soon. */
	wake(): void {
		this.#wake?.();
	}

	/** Delivers what is there now. Rejects with the store's error; false when another process is at it. */
	async deliver(): Promise<boolean> {
		const { outbox, link, owner, clock } = this.#options;
		const isNew = !link.isOpen;
		if (isNew) await this.#open();
		const isMine = () => outbox.acquire(owner, clock.nowMs(), clock.nowMs() + LEASE_MS);
		try {
			if (!isMine()) return false;
			if (isNew) await this.#checkCounts();
			for (let entries = outbox.pending(BATCH); entries.length > 0 && !this.#closing.signal.aborted; entries = outbox.pending(BATCH)) {
				if (!isMine()) return false;
				await this.#deliverSome(entries);
			}
			this.#failures = 0;
			return true;
		} catch (error) {
			this.#failures++;
			link.failed(error);
			throw error;
		} finally {
			outbox.release(owner);
		}
	}

	/** Ends the delivery; what is left is delivered by the next process. */
	async close(): Promise<void> {
		this.#closing.abort();
		this.#wake?.();
		// A request to a server that hangs is not waited for: its points are still in the outbox.
		await Promise.race([this.#running, this.#options.clock.delay(CLOSE_MS)]);
	}

	async #run(): Promise<void> {
		const { log, outbox, link } = this.#options;
		while (!this.#closing.signal.aborted) {
			try {
				if (outbox.size() > 0 || !link.isOpen) await this.deliver();
			} catch (error) {
				if (this.#failures === 1) log.warn(`The shared store takes nothing now, what is learned is kept until it does: ${String(error)}`);
			}
			await this.#pause(this.#failures === 0 ? IDLE_MS : (PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length) - 1] ?? IDLE_MS));
		}
	}

	/** Counted as a failure too: the pauses grow. */
	async #open(): Promise<void> {
		try {
			await this.#options.link.require();
		} catch (error) {
			this.#failures++;
			throw error;
		}
	}

	/** A server that was emptied, or restored from an older copy, is told everything again. */
	async #checkCounts(): Promise<void> {
		const { outbox, countShared, countLocal, log } = this.#options;
		for (const collection of COLLECTION_NAMES) {
			if (!outbox.isEmpty(collection)) continue;
			const expected = (await countLocal(collection)) - outbox.kept(collection).length;
			if ((await countShared(collection)) >= expected) continue;
			log.warn(`The shared store has lost points of ${collection}: everything is delivered again`);
			outbox.addAll();
			return;
		}
	}

	async #pause(ms: number): Promise<void> {
		const woken = new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
		await Promise.race([woken, this.#options.clock.delay(ms, this.#closing.signal).catch(() => undefined)]);
		this.#wake = null;
	}

	async #deliverSome(entries: readonly OutboxEntry[]): Promise<void> {
		const { outbox, remote, model } = this.#options;
		// It may have been chosen since the batch before: what is read and what is told must be of the same.
		const space = model();
		await remote.useEmbeddingModel(space?.model ?? null, space?.dimension ?? 0);
		const kept = new Set<OutboxEntry>();
		for (const collection of new Set(entries.map((entry) => entry.collection))) {
			const some = entries.filter((entry) => entry.collection === collection);
			for (const entry of await this.#deliverCollection(collection, some, space?.model ?? null)) kept.add(entry);
		}
		outbox.done(entries, kept);
	}

	/** The entries whose points stay here. */
	async #deliverCollection(collection: CollectionName, entries: readonly OutboxEntry[], model: string | null): Promise<readonly OutboxEntry[]> {
		const { database, remote, mayLeave } = this.#options;
		const points = readLocalPoints(
			database,
			collection,
			entries.map(({ id }) => id),
			model,
		);
		const verdicts = await mayLeave(collection, points);
		const leaving = points.filter((_, index) => verdicts[index] === true);
		const staying = new Set(points.filter((_, index) => verdicts[index] !== true).map(({ id }) => id));
		const sent = new Set(leaving.map(({ id }) => id));
		const gone = entries.filter(({ id }) => !sent.has(id)).map(({ id }) => id);
		if (gone.length > 0) await remote.delete(collection, { ids: gone });
		const refused = await this.#upsert(collection, leaving, (workspaceId) => this.#averageTerms(collection, workspaceId));
		for (const id of refused) staying.add(id);
		return entries.filter(({ id }) => staying.has(id));
	}

	/** Read again now and then: while a workspace is indexed for the first time, its means are still moving. */
	#averageTerms(collection: CollectionName, workspaceId: string | null): AverageTerms {
		const key = `${collection} ${workspaceId}`;
		const known = this.#averages.get(key);
		if (known && known.uses++ < AVERAGE_USES) return known.terms;
		const terms = readAverageTerms(this.#options.database, collection, workspaceId);
		this.#averages.set(key, { terms, uses: 0 });
		return terms;
	}

	/** A point that the server refuses stays here, and is found here; the others go. The ids of those refused. */
	async #upsert(collection: CollectionName, points: readonly VectorPoint[], averageTerms: AverageTermsOf): Promise<readonly string[]> {
		if (points.length === 0) return [];
		try {
			await this.#options.remote.upsert(collection, points, averageTerms);
			return [];
		} catch (error) {
			const isRefused = CoordinatorError.is(error, 'invalid-argument') || (CoordinatorError.is(error, 'server-error') && !error.isRetryable);
			if (!isRefused) throw error;
			if (points.length === 1) {
				this.#options.log.warn(`The shared store refuses a point of ${collection}: ${String(error)}`);
				return points.map(({ id }) => id);
			}
			const middle = Math.ceil(points.length / 2);
			const first = await this.#upsert(collection, points.slice(0, middle), averageTerms);
			return [...first, ...(await this.#upsert(collection, points.slice(middle), averageTerms))];
		}
	}
}
