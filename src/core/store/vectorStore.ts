import type { CollectionName, PayloadOf } from '#core/domain/collection';
import type { LexicalVector } from '#core/domain/lexicalVector';

/** Qdrant's filter language, the part we use. `key` is a payload field; arrays match when any element does. */
export type FilterCondition =
	| {
			readonly key: string;
			readonly match: { readonly value: string | number | boolean } | { readonly any: readonly (string | number)[] };
	  }
	| {
			readonly key: string;
			readonly range: {
				readonly gt?: number;
				readonly gte?: number;
				readonly lt?: number;
				readonly lte?: number;
			};
	  }
	| { readonly has_id: readonly string[] };

export interface Filter {
	readonly must?: readonly FilterCondition[];
	readonly should?: readonly FilterCondition[];
	readonly must_not?: readonly FilterCondition[];
}

/** Named sparse vectors of a point: the text itself, the path's words, the names defined in it. */
export type LexicalField = 'text' | 'path' | 'symbol';

export interface VectorPoint<C extends CollectionName = CollectionName> {
	/** UUID (Qdrant accepts nothing else but integers). */
	readonly id: string;
	/** Unit length. Absent: not embedded yet; the store links a vector it already has for the payload's `content_hash` and the current model. */
	readonly vector?: Float32Array;
	readonly lexical?: Partial<Record<LexicalField, LexicalVector>>;
	/** Named vector `static`: cheap, made without a network run, of any length that is the same for the whole collection. */
	readonly staticVector?: Int8Array;
	readonly payload: PayloadOf[C];
}

export interface StoredPoint<C extends CollectionName = CollectionName> {
	readonly id: string;
	readonly payload: PayloadOf[C];
	readonly hasVector: boolean;
}

/** A point that somebody else shares. */
export interface OthersPoint<C extends CollectionName = CollectionName> extends StoredPoint<C> {
	/** The name of who does. */
	readonly owner: string;
}

/** Of a store in which others share: what is theirs, which is found and read here, and changed by them alone. */
export interface OthersReader {
	/** Pages in the order of `VectorStore.scroll`. Null: nobody shares, or it cannot be known now. */
	scrollOthers<C extends CollectionName>(
		collection: C,
		request: { readonly filter?: Filter; readonly limit: number; readonly offset?: string },
	): Promise<{ readonly points: readonly OthersPoint<C>[]; readonly nextOffset: string | null } | null>;
}

export interface LexicalQuery {
	readonly field: LexicalField;
	/** Term hashes with their weight in the query; a term that counts twice has weight 2. */
	readonly terms: readonly { readonly hash: number; readonly weight: number }[];
}

/** At least one of `dense`, `static` and `lexical`. With several, ranks are fused: Σ weight / (k + rank). */
export interface SearchRequest {
	readonly dense?: { readonly vector: Float32Array; readonly weight?: number };
	readonly static?: { readonly vector: Float32Array; readonly weight?: number };
	readonly lexical?: readonly (LexicalQuery & { readonly weight?: number })[];
	readonly filter?: Filter;
	readonly limit: number;
	/** Constant of reciprocal rank fusion; 60 when absent. */
	readonly rrfK?: number;
}

/** A found point by its place alone. */
export interface RankedPoint {
	readonly id: string;
	/** As that of `ScoredPoint`. */
	readonly score: number;
	/** Relative to its worktree, with `/`; empty where a point belongs to no file. */
	readonly filePath: string;
}

export interface ScoredPoint<C extends CollectionName = CollectionName> {
	readonly id: string;
	/** Cosine for a dense or static request, BM25 for a lexical one, the fused sum otherwise. Ties are broken by id. */
	readonly score: number;
	readonly payload: PayloadOf[C];
}

/** A file as a whole, scored by BM25 with the file as document. */
export interface ScoredDocument {
	readonly workspaceId: string;
	readonly filePath: string;
	readonly score: number;
}

export interface CollectionInfo {
	readonly name: CollectionName;
	readonly points: number;
	/** Points with a vector of the current model. */
	readonly vectors: number;
	readonly dimension: number;
	readonly embeddingModel: string | null;
}

/** A content that has no vector yet. */
export interface MissingVector {
	readonly contentHash: string;
	readonly text: string;
	readonly filePath: string | null;
}

/**
 * Collections of points that are found by vector, by words, or by filter.
 * Implementations: embedded (SQLite rows, in-memory indexes) and, for teams, Qdrant; one contract suite runs on each.
 * What a call has acknowledged survives the death of the process.
 */
export interface VectorStore {
	/**
	 * Chooses the embedding model whose vectors are searched and linked from now on. Vectors of other models stay stored, so a return
	 * costs nothing, and are never compared with these. `model` null: lexical only. Throws `dimension-changed` when `model` is known with another dimension.
	 */
	useEmbeddingModel(model: string | null, dimension: number): Promise<void>;
	/** Counts points and those with a vector of the current model: of the collection, or of one workspace in it. */
	info(collection: CollectionName, workspaceId?: string): Promise<CollectionInfo>;
	/** Inserts or replaces by id; one call is one transaction. */
	upsert<C extends CollectionName>(collection: C, points: readonly VectorPoint<C>[]): Promise<void>;
	delete(collection: CollectionName, selector: { readonly ids: readonly string[] } | { readonly filter: Filter }): Promise<void>;
	/** In the order asked; unknown ids are left out. */
	get<C extends CollectionName>(collection: C, ids: readonly string[]): Promise<StoredPoint<C>[]>;
	/** Pages in id order; `offset` is the `nextOffset` of the page before. */
	scroll<C extends CollectionName>(
		collection: C,
		request: {
			readonly filter?: Filter;
			readonly limit: number;
			readonly offset?: string;
		},
	): Promise<{
		readonly points: StoredPoint<C>[];
		readonly nextOffset: string | null;
	}>;
	/** Merges fields into the payloads of the ids. */
	setPayload<C extends CollectionName>(collection: C, ids: readonly string[], patch: Partial<PayloadOf[C]>): Promise<void>;
	search<C extends CollectionName>(collection: C, request: SearchRequest): Promise<ScoredPoint<C>[]>;
	/** The points that `search` finds, in its order, without their payloads: several times as fast. A filter by `has_id` or `file_path` costs next to nothing. */
	rank(collection: CollectionName, request: SearchRequest): Promise<RankedPoint[]>;
	/** BM25 over whole files: the terms of all chunks of a file count as one document. Only for `codebase-context`. */
	searchDocuments(request: { readonly lexical: LexicalQuery; readonly filter?: Filter; readonly limit: number }): Promise<ScoredDocument[]>;
	count(collection: CollectionName, filter?: Filter): Promise<number>;
	/**
	 * Content hashes, with the text to embed and a file that has it (null for what is learned), that have no vector under the current model;
	 * `first` file paths come first, what stands in `without` alone is left out.
	 */
	missingVectors(
		collection: CollectionName,
		request: {
			readonly limit: number;
			readonly filter?: Filter;
			readonly first?: readonly string[];
			readonly without?: readonly string[];
		},
	): Promise<MissingVector[]>;
	/** The current model's vectors for content hashes; absent ones are absent from the map. Used by on-demand embedding. */
	vectors(contentHashes: readonly string[]): Promise<Map<string, Float32Array>>;
	/** Stores vectors of the current model by content hash; every point with that hash is dense-searchable at once. */
	putVectors(
		vectors: readonly {
			readonly contentHash: string;
			readonly vector: Float32Array;
		}[],
	): Promise<void>;
	/** Document frequency of each term hash over the points of the filter's workspaces, and their number: what idf is made of. */
	termStatistics(
		collection: CollectionName,
		request: {
			readonly field: LexicalField;
			readonly hashes: readonly number[];
			readonly filter?: Filter;
		},
	): Promise<{
		readonly points: number;
		readonly frequencies: readonly number[];
	}>;
	/** Takes over what other processes have written since; cheap when nothing was. */
	refresh(): Promise<void>;
	/** Called when writing pauses: whatever makes the next start faster. May reject; nothing depends on it. */
	checkpoint(): Promise<void>;
	close(): Promise<void>;
}

/** A store of what is learned, whose items several processes change at once. */
export interface LearnedStore extends VectorStore {
	/** As `get`, without what others share. */
	own<C extends CollectionName>(collection: C, ids: readonly string[]): Promise<StoredPoint<C>[]>;
	/**
	 * Makes an item what `point` says, with nothing left of what `setPayload` has stored for it, if it still has the payload that `own` gave (null: there
	 * was none). One step, whoever else writes. False: somebody was faster, and nothing is changed.
	 */
	replace<C extends CollectionName>(collection: C, point: VectorPoint<C>, expected: PayloadOf[C] | null): Promise<boolean>;
}
