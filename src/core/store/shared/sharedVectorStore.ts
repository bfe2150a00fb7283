import { CoordinatorError } from '#core/base/errors';
import type { CollectionName, PayloadOf } from '#core/domain/collection';
import type { MovedCollection, StoreMoveTarget } from '#core/domain/storeMove';
import type {
	Filter,
	LearnedStore,
	LexicalQuery,
	OthersReader,
	RankedPoint,
	ScoredDocument,
	ScoredPoint,
	SearchRequest,
	StoredPoint,
	VectorPoint,
	VectorStore,
} from '../vectorStore.ts';
import { moveShared } from './moveShared.ts';
import type { Outbox } from './outbox.ts';
import type { SharedLink } from './sharedLink.ts';
import type { SharedParts } from './sharedParts.ts';

/**
 * A store whose searches a shared server answers, over a local one that has everything of this machine. Writes are local and delivered afterwards, so
 * a server that is away costs nothing but what others share. While it is away, or was not told everything yet, this machine answers; what may not leave
 * it is searched here and joined. What others share is found and read, never changed.
 */
export class SharedVectorStore implements LearnedStore, OthersReader {
	readonly #parts: SharedParts;
	#model: { readonly model: string; readonly dimension: number } | null = null;

	constructor(parts: (model: () => SharedVectorStore['model']) => SharedParts) {
		this.#parts = parts(() => this.#model);
	}

	/** The model in use; null: none. */
	get model(): { readonly model: string; readonly dimension: number } | null {
		return this.#model;
	}

	get link(): SharedLink {
		return this.#parts.link;
	}

	/** What waits for delivery. */
	get outbox(): Outbox {
		return this.#parts.outbox;
	}

	/** Delivers everything now, as `OutboxDelivery.deliver`. */
	deliver(): Promise<boolean> {
		return this.#parts.delivery.deliver();
	}

	/** Moves everything there, or back; as `moveShared`. */
	move(to: StoreMoveTarget, options: Parameters<typeof moveShared>[2]): Promise<MovedCollection[]> {
		return moveShared(this.#parts, to, options);
	}

	async useEmbeddingModel(model: string | null, dimension: number): Promise<void> {
		await this.#parts.local.useEmbeddingModel(model, dimension);
		const isSame = model === (this.#model?.model ?? null);
		this.#model = model === null ? null : { model, dimension };
		if (isSame) return;
		// Vectors that this machine has of the model may not have been delivered with it.
		if (model !== null && this.#parts.outbox.useModel(model)) this.#parts.outbox.addAll();
		this.#parts.delivery.wake();
	}

	info(collection: CollectionName, workspaceId?: string) {
		return this.#parts.local.info(collection, workspaceId);
	}

	async upsert<C extends CollectionName>(collection: C, points: readonly VectorPoint<C>[]): Promise<void> {
		await this.#parts.local.upsert(collection, points);
		this.#parts.delivery.wake();
	}

	async delete(collection: CollectionName, selector: { readonly ids: readonly string[] } | { readonly filter: Filter }): Promise<void> {
		await this.#parts.local.delete(collection, selector);
		this.#parts.delivery.wake();
	}

	async get<C extends CollectionName>(collection: C, ids: readonly string[]): Promise<StoredPoint<C>[]> {
		const found = new Map((await this.#parts.local.get(collection, ids)).map((point) => [point.id, point]));
		const missing = ids.filter((id) => !found.has(id));
		const others = missing.length > 0 ? await this.#ask(collection, () => this.#parts.remote.get(collection, missing), true) : null;
		for (const point of others ?? []) found.set(point.id, point);
		return ids.flatMap((id) => found.get(id) ?? []);
	}

	scroll<C extends CollectionName>(collection: C, request: Parameters<VectorStore['scroll']>[1]) {
		return this.#parts.local.scroll<C>(collection, request);
	}

	async scrollOthers<C extends CollectionName>(collection: C, request: Parameters<OthersReader['scrollOthers']>[1]) {
		const { remote } = this.#parts;
		return this.#ask(collection, async () => (await remote.scrollOthers?.<C>(collection, request)) ?? null, true);
	}

	async setPayload<C extends CollectionName>(collection: C, ids: readonly string[], patch: Partial<PayloadOf[C]>): Promise<void> {
		await this.#parts.local.setPayload(collection, ids, patch);
		this.#parts.delivery.wake();
	}

	own<C extends CollectionName>(collection: C, ids: readonly string[]): Promise<StoredPoint<C>[]> {
		return this.#parts.local.own(collection, ids);
	}

	/** Where others alone have the item, one of its own begins here. */
	async replace<C extends CollectionName>(collection: C, point: VectorPoint<C>, expected: PayloadOf[C] | null): Promise<boolean> {
		const isReplaced = await this.#parts.local.replace(collection, point, expected);
		if (isReplaced) this.#parts.delivery.wake();
		return isReplaced;
	}

	async search<C extends CollectionName>(collection: C, request: SearchRequest): Promise<ScoredPoint<C>[]> {
		const found = await this.#ask(collection, () => this.#parts.remote.search(collection, request));
		if (!found) return this.#parts.local.search(collection, request);
		const here = this.#ofHere(collection, request);
		return here ? join(found, await this.#parts.local.search(collection, here), request.limit) : found;
	}

	async rank(collection: CollectionName, request: SearchRequest): Promise<RankedPoint[]> {
		const found = await this.#ask(collection, () => this.#parts.remote.rank(collection, request));
		if (!found) return this.#parts.local.rank(collection, request);
		const here = this.#ofHere(collection, request);
		return here ? join(found, await this.#parts.local.rank(collection, here), request.limit) : found;
	}

	/** Of this machine: a file is one document, whether or not all of it may leave. */
	searchDocuments(request: { readonly lexical: LexicalQuery; readonly filter?: Filter; readonly limit: number }): Promise<ScoredDocument[]> {
		return this.#parts.local.searchDocuments(request);
	}

	/** With what others share, where that can be known. */
	async count(collection: CollectionName, filter?: Filter): Promise<number> {
		const here = await this.#parts.local.count(collection, filter);
		if (here > 0 || collection === 'codebase-context') return here;
		return (await this.#ask(collection, () => this.#parts.remote.count(collection, filter), true)) ?? here;
	}

	missingVectors(collection: CollectionName, request: Parameters<VectorStore['missingVectors']>[1]) {
		return this.#parts.local.missingVectors(collection, request);
	}

	vectors(contentHashes: readonly string[]) {
		return this.#parts.local.vectors(contentHashes);
	}

	async putVectors(vectors: Parameters<VectorStore['putVectors']>[0]): Promise<void> {
		await this.#parts.local.putVectors(vectors);
		this.#parts.delivery.wake();
	}

	termStatistics(collection: CollectionName, request: Parameters<VectorStore['termStatistics']>[1]) {
		return this.#parts.local.termStatistics(collection, request);
	}

	async refresh(): Promise<void> {
		await this.#parts.local.refresh();
		await this.#parts.remote.refresh();
	}

	checkpoint(): Promise<void> {
		return this.#parts.local.checkpoint();
	}

	async close(): Promise<void> {
		await this.#parts.delivery.close();
		await this.#parts.remote.close();
		await this.#parts.local.close();
	}

	/** What the shared store says; null when it is not to be asked now, or fails. `isOfOthers`: what it was not told yet does not matter. */
	async #ask<T>(collection: CollectionName, work: () => Promise<T>, isOfOthers = false): Promise<T | null> {
		const { link, outbox } = this.#parts;
		if (!link.isOpen || (!isOfOthers && !outbox.isEmpty(collection))) return null;
		try {
			if (!isOfOthers) await this.#parts.remote.useEmbeddingModel(this.#model?.model ?? null, this.#model?.dimension ?? 0);
			return await work();
		} catch (error) {
			if (CoordinatorError.is(error, 'cancelled')) throw error;
			link.failed(error);
			return null;
		}
	}

	/** The same search among what stays on this machine; null when nothing does. */
	#ofHere(collection: CollectionName, request: SearchRequest): SearchRequest | null {
		const ids = this.#parts.outbox.kept(collection);
		return ids.length === 0 ? null : { ...request, filter: { ...request.filter, must: [...(request.filter?.must ?? []), { has_id: ids }] } };
	}
}

function join<T extends { readonly id: string; readonly score: number }>(shared: readonly T[], here: readonly T[], limit: number): T[] {
	const known = new Set(here.map(({ id }) => id));
	return [...here, ...shared.filter(({ id }) => !known.has(id))].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
}
