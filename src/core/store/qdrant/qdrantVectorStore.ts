import { CoordinatorError } from '#core/base/errors';
import { COLLECTION_NAMES, type CollectionName, type PayloadOf } from '#core/domain/collection';
import type {
	CollectionInfo,
	Filter,
	MissingVector,
	OthersReader,
	RankedPoint,
	ScoredDocument,
	ScoredPoint,
	SearchRequest,
	StoredPoint,
	VectorPoint,
	VectorStore,
} from '../vectorStore.ts';
import { ContentVectors } from './contentVectors.ts';
import { FileDocuments } from './fileDocuments.ts';
import { moveSpace } from './moveSpace.ts';
import { type EmbeddingSpace, QdrantCollections, type QdrantLayout } from './qdrantCollections.ts';
import { ownFilter, type QdrantFilter, toQdrantFilter } from './qdrantFilter.ts';
import { type FilePlace, payloadOf, placeOf, type ServerRecord, toServerPoint } from './qdrantPoints.ts';
import { type FoundPoint, QdrantSearcher, type SearcherOptions } from './qdrantSearcher.ts';
import { type QdrantTransport, WRITE_TIMEOUT_MS } from './qdrantTransport.ts';
import { listed, type RecordPage, RecordReader } from './recordReader.ts';
import { type AverageTermsOf, usualAverageTerms } from './sparseVectors.ts';
import { readableTenants, serverId, type Tenancy } from './tenancy.ts';

/** Points a request; a server refuses bodies over 32 MB, and a failure costs as much. */
const BATCH = 128;

/**
 * Collections on a Qdrant server. Every request is confined to what the user may read, and every change to what the user owns; what a team shares is
 * found and not changed. A write that fails may be partly applied: writing it again makes it whole, for ids are the same. A vector is stored with its
 * point, and goes with it.
 */
export class QdrantVectorStore implements VectorStore, OthersReader {
	readonly #transport: QdrantTransport;
	readonly #collections: QdrantCollections;
	readonly #documents: FileDocuments;
	readonly #reader: RecordReader;
	readonly #contents: ContentVectors;
	readonly #layout: QdrantLayout;
	readonly #tenancy: Tenancy;
	readonly #dimensions = new Map<string, number>();
	readonly #searcher: QdrantSearcher;
	#space: EmbeddingSpace | null = null;

	constructor(transport: QdrantTransport, layout: QdrantLayout, tenancy: Tenancy, options: SearcherOptions = {}) {
		this.#transport = transport;
		this.#layout = layout;
		this.#tenancy = tenancy;
		this.#collections = new QdrantCollections(transport, layout, tenancy);
		this.#documents = new FileDocuments(transport, tenancy);
		this.#reader = new RecordReader(transport);
		this.#contents = new ContentVectors(transport, tenancy);
		this.#searcher = new QdrantSearcher(transport, tenancy, options);
	}

	async useEmbeddingModel(model: string | null, dimension: number): Promise<void> {
		if (model === null) {
			this.#space = null;
			return;
		}
		if (this.#space?.model === model && this.#space.dimension === dimension) return;
		const known = this.#dimensions.get(model);
		if (known !== undefined && known !== dimension) {
			throw new CoordinatorError('dimension-changed', `The embedding model ${model} gives ${dimension} numbers; its stored vectors have ${known}.`, {
				details: { model, before: known, now: dimension },
			});
		}
		const space = { model, dimension };
		this.#collections.forget();
		for (const collection of COLLECTION_NAMES) {
			const from = await this.#collections.current(collection);
			if (from === null || from === this.#collections.nameFor(collection, space)) continue;
			const to = await this.#collections.make(collection, space);
			await moveSpace(this.#transport, this.#tenancy, from, to);
			await this.#collections.point(collection, to);
		}
		this.#dimensions.set(model, dimension);
		this.#space = space;
	}

	async info(collection: CollectionName, workspaceId?: string): Promise<CollectionInfo> {
		const filter: Filter | undefined = workspaceId === undefined ? undefined : { must: [{ key: 'workspace_id', match: { value: workspaceId } }] };
		const vectors = this.#space ? await this.#count(collection, toQdrantFilter(filter, this.#tenants, { must: [{ has_vector: 'dense' }] })) : 0;
		return {
			name: collection,
			points: await this.count(collection, filter),
			vectors,
			dimension: this.#space?.dimension ?? 0,
			embeddingModel: this.#space?.model ?? null,
		};
	}

	/** `averageTerms`: mean lengths of the workspace's texts, for a point of it; the usual ones where they are not known. */
	async upsert<C extends CollectionName>(collection: C, points: readonly VectorPoint<C>[], averageTerms = usualAverageTerms): Promise<void> {
		for (const { vector } of points) {
			if (vector && vector.length !== this.#space?.dimension) {
				throw new CoordinatorError('invalid-argument', `A vector has ${vector.length} numbers; the collection's have ${this.#space?.dimension ?? 0}.`);
			}
		}
		if (points.length === 0) return;
		const name = await this.#collections.require(collection, this.#space);
		for (let i = 0; i < points.length; i += BATCH) await this.#write(collection, name, points.slice(i, i + BATCH), averageTerms);
	}

	async delete(collection: CollectionName, selector: { readonly ids: readonly string[] } | { readonly filter: Filter }): Promise<void> {
		const name = await this.#collections.current(collection);
		if (name === null) return;
		const filters = 'ids' in selector ? listed(selector.ids).map((ids): Filter => ({ must: [{ has_id: ids }] })) : [selector.filter];
		for (const filter of filters) {
			// Found first: a filter alone, once it is empty, would delete what is everybody's.
			const found = await this.#reader.all(name, this.#own(filter), ['workspace_id', 'file_path']);
			for (const some of listed(found)) {
				const body = { points: some.map(({ id }) => id) };
				await this.#transport.request('POST', `/collections/${name}/points/delete?wait=true`, { body, timeoutMs: WRITE_TIMEOUT_MS });
			}
			if (collection === 'codebase-context') await this.#renewFiles(name, found.map(placeOf));
		}
	}

	async get<C extends CollectionName>(collection: C, ids: readonly string[]): Promise<StoredPoint<C>[]> {
		const name = await this.#collections.readable(collection, this.#space);
		if (name === null) return [];
		const found = new Map<string, StoredPoint<C>>();
		for (const some of listed(ids)) {
			const records = await this.#reader.all(name, toQdrantFilter({ must: [{ has_id: some }] }, this.#tenants), true, this.#dense);
			for (const record of records) {
				const point = this.#stored<C>(record);
				// The user's own before another's of the same id.
				if (!found.has(point.id) || record.payload?.owner === this.#tenancy.user) found.set(point.id, point);
			}
		}
		return ids.flatMap((id) => found.get(id) ?? []);
	}

	/** Pages in the order of the server's ids, which begin as ours. */
	async scroll<C extends CollectionName>(collection: C, request: Parameters<VectorStore['scroll']>[1]) {
		const page = await this.#page(collection, request, toQdrantFilter(request.filter, this.#tenants));
		return { ...page, points: page.points.map((record) => this.#stored<C>(record)) };
	}

	/** What the team shares and this user does not own; null without a team. */
	async scrollOthers<C extends CollectionName>(collection: C, request: Parameters<OthersReader['scrollOthers']>[1]) {
		const { user, team } = this.#tenancy;
		if (team === null) return null;
		const theirs = toQdrantFilter(request.filter, [`team:${team}`], { must_not: [{ key: 'owner', match: { value: user } }] });
		const page = await this.#page(collection, request, theirs);
		return { ...page, points: page.points.map((record) => ({ ...this.#stored<C>(record), owner: String(record.payload?.owner ?? '') })) };
	}

	async setPayload<C extends CollectionName>(collection: C, ids: readonly string[], patch: Partial<PayloadOf[C]>): Promise<void> {
		const name = await this.#collections.current(collection);
		if (name === null) return;
		for (const some of listed(ids)) {
			// By filter: with ids one that is missing is an error, after the others were changed.
			const filter = this.#own({ must: [{ has_id: some }] });
			const operations = [{ set_payload: { payload: patch, filter } }, { set_payload: { payload: patch, filter, key: 'patched' } }];
			await this.#transport.request('POST', `/collections/${name}/points/batch?wait=true`, { body: { operations }, timeoutMs: WRITE_TIMEOUT_MS });
		}
	}

	async search<C extends CollectionName>(collection: C, request: SearchRequest): Promise<ScoredPoint<C>[]> {
		const found = await this.#find(collection, request, true);
		return found.map(({ id, score, payload }) => ({ id, score, payload: payloadOf<C>(payload) }));
	}

	async rank(collection: CollectionName, request: SearchRequest): Promise<RankedPoint[]> {
		const found = await this.#find(collection, request, ['point_id', 'file_path']);
		return found.map(({ id, score, payload }) => ({ id, score, filePath: typeof payload?.file_path === 'string' ? payload.file_path : '' }));
	}

	async searchDocuments(request: Parameters<VectorStore['searchDocuments']>[0]): Promise<ScoredDocument[]> {
		const name = await this.#collections.current('codebase-context');
		return name === null || request.lexical.terms.length === 0 ? [] : this.#searcher.searchDocuments(name, await this.#collections.makeFiles(), request);
	}

	count(collection: CollectionName, filter?: Filter): Promise<number> {
		return this.#count(collection, toQdrantFilter(filter, this.#tenants));
	}

	async missingVectors(collection: CollectionName, request: Parameters<VectorStore['missingVectors']>[1]): Promise<MissingVector[]> {
		const name = await this.#collections.current(collection);
		return name === null || !this.#space ? [] : this.#contents.missing(collection, name, request);
	}

	async vectors(contentHashes: readonly string[]): Promise<Map<string, Float32Array>> {
		const found = new Map<string, Float32Array>();
		for (const name of await this.#everywhere()) {
			const hashes = contentHashes.filter((hash) => !found.has(hash));
			for (const [hash, vector] of await this.#contents.vectors(name, hashes, this.#space?.dimension ?? 0)) found.set(hash, Float32Array.from(vector));
		}
		return found;
	}

	async putVectors(vectors: Parameters<VectorStore['putVectors']>[0]): Promise<void> {
		const space = this.#space;
		if (!space) throw new CoordinatorError('invalid-argument', 'There is no embedding model whose vectors could be stored.');
		const wrong = vectors.find(({ vector }) => vector.length !== space.dimension);
		if (wrong) {
			throw new CoordinatorError('dimension-changed', `A vector has ${wrong.vector.length} numbers; the model's have ${space.dimension}.`, {
				details: { model: space.model },
			});
		}
		for (const name of await this.#everywhere()) await this.#contents.put(name, vectors);
	}

	async termStatistics(collection: CollectionName, request: Parameters<VectorStore['termStatistics']>[1]) {
		const points = await this.count(collection, request.filter);
		const name = await this.#collections.readable(collection, this.#space);
		const frequencies = name === null || points === 0 ? request.hashes.map(() => 0) : await this.#searcher.frequencies(name, request, points);
		return { points, frequencies };
	}

	/** What the server has is asked at every search; only names are remembered. */
	async refresh(): Promise<void> {
		this.#collections.forget();
	}

	async checkpoint(): Promise<void> {}

	async close(): Promise<void> {}

	get #tenants(): readonly string[] {
		return readableTenants(this.#tenancy);
	}

	/** The vectors that tell whether a point has one; a collection of words alone has none to ask for. */
	get #dense(): readonly string[] {
		return this.#space ? ['dense'] : [];
	}

	/** Confined to what the user may change. */
	#own(filter: Filter): QdrantFilter {
		return ownFilter(filter, this.#tenancy);
	}

	/** The collections that have points of the user, where there is a model. */
	async #everywhere(): Promise<string[]> {
		if (!this.#space) return [];
		const names = await Promise.all(COLLECTION_NAMES.map((collection) => this.#collections.current(collection)));
		return names.filter((name) => name !== null);
	}

	async #count(collection: CollectionName, filter: QdrantFilter): Promise<number> {
		const name = await this.#collections.readable(collection, this.#space);
		if (name === null) return 0;
		return (await this.#transport.request<{ readonly count: number }>('POST', `/collections/${name}/points/count`, { body: { filter, exact: true } })).count;
	}

	async #write<C extends CollectionName>(collection: C, name: string, points: readonly VectorPoint<C>[], averageTerms: AverageTermsOf): Promise<void> {
		const ids = points.map(({ id }) => serverId(this.#tenancy.user, id));
		const before = new Map((await this.#reader.get(name, ids, ['patched', 'workspace_id', 'file_path'])).map((record) => [String(record.id), record]));
		const hashes = points.filter(({ vector }) => !vector).map(({ payload }) => payload.content_hash);
		const linked = this.#space ? await this.#contents.vectors(name, [...new Set(hashes)], this.#space.dimension) : new Map<string, readonly number[]>();
		const body = {
			points: points.map((point, index) =>
				toServerPoint(collection, point, {
					tenancy: this.#tenancy,
					averageTerms: averageTerms(point.payload.workspace_id),
					staticDimension: this.#layout.staticDimension,
					vector: point.vector ? [...point.vector] : (linked.get(point.payload.content_hash) ?? null),
					patched: before.get(ids[index] ?? '')?.payload?.patched,
				}),
			),
		};
		await this.#transport.request('PUT', `/collections/${name}/points?wait=true`, { body, timeoutMs: WRITE_TIMEOUT_MS });
		if (collection !== 'codebase-context') return;
		const places = points.flatMap(({ payload }): FilePlace[] =>
			'file_path' in payload ? [{ workspaceId: payload.workspace_id ?? '', filePath: payload.file_path }] : [],
		);
		await this.#renewFiles(name, [...places, ...[...before.values()].map(placeOf)]);
	}

	async #renewFiles(chunks: string, places: readonly FilePlace[]): Promise<void> {
		if (places.length > 0) await this.#documents.renew(await this.#collections.makeFiles(), chunks, places);
	}

	async #page(collection: CollectionName, { limit, offset }: { readonly limit: number; readonly offset?: string }, filter: QdrantFilter) {
		const name = await this.#collections.readable(collection, this.#space);
		if (name === null) return { points: [], nextOffset: null };
		return this.#reader.page(name, { filter, limit, offset: offset || undefined, payload: true, vectors: this.#dense });
	}

	async #find(collection: CollectionName, request: SearchRequest, payload: RecordPage['payload']): Promise<FoundPoint[]> {
		const name = await this.#collections.readable(collection, this.#space);
		if (name === null) return [];
		const hasStatic = collection === 'codebase-context' && request.static?.vector.length === this.#layout.staticDimension;
		return this.#searcher.find(name, request, { hasDense: this.#space !== null, hasStatic }, payload);
	}

	#stored<C extends CollectionName>({ id, payload, vector }: ServerRecord): StoredPoint<C> {
		return {
			id: String(payload?.point_id ?? id),
			payload: payloadOf<C>(payload),
			hasVector: this.#space !== null && (vector?.dense?.length ?? 0) === this.#space.dimension,
		};
	}
}
