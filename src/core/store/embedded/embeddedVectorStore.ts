import type { CollectionName, PayloadOf } from '#core/domain/collection';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';
import type {
	CollectionInfo,
	Filter,
	LearnedStore,
	RankedPoint,
	ScoredDocument,
	ScoredPoint,
	SearchRequest,
	StoredPoint,
	VectorPoint,
	VectorStore,
} from '../vectorStore.ts';
import { confinedTo } from './confinedTo.ts';
import { matchesFilter, splitFilter, withoutWorkspace, workspacesOf } from './filter.ts';
import { PayloadCache } from './payloadCache.ts';
import { PlaceCache } from './placeCache.ts';
import { deletePoints, parsePayload, SELECT_POINT, writePoint } from './pointRows.ts';
import { patchPayloads, replacePoint } from './pointState.ts';
import { byScoreThenId, fuseRanks } from './rankFusion.ts';
import type { Found, Segment } from './segment.ts';
import { SegmentCache, type SnapshotPlace } from './segmentCache.ts';
import { VectorRows } from './vectorRows.ts';

/** Results a single ranking contributes to a fused one. */
const FUSED_DEPTH = 200;

/** Rows in SQLite, indexes in memory. Writes touch SQLite alone; the next search catches up, with what other processes wrote as well. */
export class EmbeddedVectorStore implements LearnedStore {
	readonly #database: SqliteDatabase;
	readonly #segments: SegmentCache;
	readonly #vectors: VectorRows;
	readonly #infos = new Map<string, { readonly version: string; readonly info: CollectionInfo }>();
	readonly #payloads = new PayloadCache();
	readonly #places = new PlaceCache();

	constructor(database: SqliteDatabase, kernel: WebAssembly.Module, snapshots: SnapshotPlace | null = null) {
		this.#database = database;
		this.#vectors = new VectorRows(database);
		this.#segments = new SegmentCache(database, kernel, snapshots);
	}

	async useEmbeddingModel(model: string | null, dimension: number): Promise<void> {
		if (this.#vectors.useModel(model, dimension)) this.#segments.useModel(model);
	}

	async info(collection: CollectionName, workspaceId?: string): Promise<CollectionInfo> {
		const where = workspaceId === undefined ? 'p.collection = ?' : 'p.collection = ? AND p.workspace_id = ?';
		const place = workspaceId === undefined ? [collection] : [collection, workspaceId];
		const version = `${this.#vectors.model} ${this.#segments.sequence()} ${Number(this.#database.prepare('SELECT max(row) AS row FROM vectors').get()?.row ?? 0)}`;
		const key = `${collection} ${workspaceId ?? ''}`;
		const known = this.#infos.get(key);
		if (known?.version === version) return known.info;
		const count = (sql: string, ...parameters: string[]) => Number(this.#database.prepare(sql).get(...parameters)?.n ?? 0);
		const withVector = `SELECT count(*) AS n FROM points p JOIN bodies b ON b.row = p.body JOIN vectors v ON v.model = ? AND v.content_hash = b.content_hash WHERE ${where}`;
		const info: CollectionInfo = {
			name: collection,
			points: count(`SELECT count(*) AS n FROM points p WHERE ${where}`, ...place),
			vectors: this.#vectors.model === null ? 0 : count(withVector, this.#vectors.model, ...place),
			dimension: this.#vectors.dimension,
			embeddingModel: this.#vectors.model,
		};
		this.#infos.set(key, { version, info });
		return info;
	}

	async upsert<C extends CollectionName>(collection: C, points: readonly VectorPoint<C>[]): Promise<void> {
		for (const { vector } of points) if (vector) this.#vectors.check(vector);
		this.#database.transaction(() => {
			const seq = this.#segments.nextSequence();
			for (const point of points) {
				writePoint(this.#database, collection, point, seq);
				if (point.vector) this.#vectors.put(point.payload.content_hash, point.vector);
			}
		});
	}

	async delete(collection: CollectionName, selector: { readonly ids: readonly string[] } | { readonly filter: Filter }): Promise<void> {
		const ids = 'ids' in selector ? selector.ids : [...this.#select(collection, selector.filter)].map(({ id }) => id);
		this.#database.transaction(() => {
			const seq = this.#segments.nextSequence();
			const find = this.#database.prepare('SELECT row, collection, workspace_id FROM points WHERE id = ? AND collection = ?');
			const rows = ids.map((id) => find.get(id, collection)).filter((row) => row !== undefined);
			deletePoints(this.#database, rows, seq);
		});
	}

	async get<C extends CollectionName>(collection: C, ids: readonly string[]): Promise<StoredPoint<C>[]> {
		return ids.flatMap((id) => {
			const row = this.#pointRow('p.id = ?', id);
			return row && row.collection === collection ? [this.#stored<C>(row)] : [];
		});
	}

	async scroll<C extends CollectionName>(collection: C, request: Parameters<VectorStore['scroll']>[1]) {
		const points: StoredPoint<C>[] = [];
		for (const { row } of this.#select(collection, request.filter, request.offset ?? '')) {
			if (points.length === request.limit) return { points, nextOffset: String(row.id) };
			points.push(this.#stored<C>(row));
		}
		return { points, nextOffset: null };
	}

	async setPayload<C extends CollectionName>(collection: C, ids: readonly string[], patch: Partial<PayloadOf[C]>): Promise<void> {
		this.#database.transaction(() => patchPayloads(this.#database, collection, ids, patch));
		this.#payloads.clear();
	}

	own<C extends CollectionName>(collection: C, ids: readonly string[]): Promise<StoredPoint<C>[]> {
		return this.get(collection, ids);
	}

	async replace<C extends CollectionName>(collection: C, point: VectorPoint<C>, expected: PayloadOf[C] | null): Promise<boolean> {
		if (point.vector) this.#vectors.check(point.vector);
		return this.#database.transaction(() => {
			const isReplaced = replacePoint(this.#database, collection, point, expected, () => this.#segments.nextSequence());
			if (isReplaced && point.vector) this.#vectors.put(point.payload.content_hash, point.vector);
			return isReplaced;
		});
	}

	async search<C extends CollectionName>(collection: C, request: SearchRequest): Promise<ScoredPoint<C>[]> {
		const best = this.#best(collection, request);
		this.#payloads.use(this.#version());
		const points = best.flatMap(({ row, score }): ScoredPoint<C>[] => {
			const found = this.#payloads.get(row, () => {
				const point = this.#pointRow('p.row = ?', row);
				return point ? { id: String(point.id), payload: parsePayload(point) } : null;
			});
			return found ? [{ id: found.id, score, payload: found.payload as PayloadOf[C] }] : [];
		});
		return points.sort(byScoreThenId);
	}

	async rank(collection: CollectionName, request: SearchRequest): Promise<RankedPoint[]> {
		const place = this.#database.prepare('SELECT id, file_path FROM points WHERE row = ?');
		const best = this.#best(collection, request);
		this.#places.use(this.#version());
		const points = best.flatMap(({ row, score }): RankedPoint[] => {
			const found = this.#places.get(row, () => {
				const point = place.get(row);
				return point ? { id: String(point.id), filePath: String(point.file_path) } : null;
			});
			return found ? [{ id: found.id, score, filePath: found.filePath }] : [];
		});
		return points.sort(byScoreThenId);
	}

	#best(collection: CollectionName, request: SearchRequest): readonly Found[] {
		const workspaces = workspacesOf(request.filter) ?? this.#workspaces(collection);
		const allowed = withoutWorkspace(request.filter) ? this.#rowNumbers(collection, request.filter) : null;
		const rankings: { readonly weight: number; readonly found: readonly Found[] }[] = [];
		const isFused = (request.dense ? 1 : 0) + (request.static ? 1 : 0) + (request.lexical?.length ?? 0) > 1;
		const depth = isFused ? Math.max(request.limit, FUSED_DEPTH) : request.limit;
		const collect = (weight: number | undefined, searchSegment: (segment: Segment) => Found[]) => {
			const found = workspaces.flatMap((workspace) => searchSegment(this.#segments.get(collection, workspace)));
			if (workspaces.length > 1) found.sort((a, b) => b.score - a.score || a.row - b.row);
			rankings.push({ weight: weight ?? 1, found: found.slice(0, depth) });
		};
		if (request.dense && this.#vectors.model !== null) {
			const { vector, weight } = request.dense;
			collect(weight, (segment) => segment.searchDense('model', vector, depth, allowed));
		}
		if (request.static) {
			const { vector, weight } = request.static;
			collect(weight, (segment) => segment.searchDense('static', vector, depth, allowed));
		}
		for (const query of request.lexical ?? []) collect(query.weight, (segment) => segment.searchLexical(query, depth, allowed));
		const best = isFused ? fuseRanks(rankings, request.rrfK ?? 60) : (rankings[0]?.found ?? []);
		return best.slice(0, request.limit);
	}

	async searchDocuments(request: Parameters<VectorStore['searchDocuments']>[0]): Promise<ScoredDocument[]> {
		const workspaces = workspacesOf(request.filter) ?? this.#workspaces('codebase-context');
		const allowed = withoutWorkspace(request.filter) ? new Map<string, Set<string>>() : null;
		if (allowed) {
			for (const { row } of this.#select('codebase-context', request.filter)) {
				const workspace = String(row.workspace_id);
				allowed.set(workspace, (allowed.get(workspace) ?? new Set()).add(String(row.file_path)));
			}
		}
		const found = workspaces.flatMap((workspaceId) =>
			this.#segments
				.get('codebase-context', workspaceId)
				.searchFiles(request.lexical, request.limit, allowed ? (allowed.get(workspaceId) ?? new Set()) : null)
				.map(({ filePath, score }): ScoredDocument => ({ workspaceId, filePath, score })),
		);
		return found.sort((a, b) => b.score - a.score || (a.filePath < b.filePath ? -1 : 1)).slice(0, request.limit);
	}

	async count(collection: CollectionName, filter?: Filter): Promise<number> {
		if (filter && withoutWorkspace(filter)) {
			let matching = 0;
			for (const _ of this.#select(collection, filter)) matching++;
			return matching;
		}
		const workspaces = workspacesOf(filter);
		const count = (sql: string, ...parameters: string[]) => Number(this.#database.prepare(sql).get(...parameters)?.n ?? 0);
		if (!workspaces) return count('SELECT count(*) AS n FROM points WHERE collection = ?', collection);
		return workspaces.reduce((sum, id) => sum + count('SELECT count(*) AS n FROM points WHERE collection = ? AND workspace_id = ?', collection, id), 0);
	}

	async missingVectors(collection: CollectionName, request: Parameters<VectorStore['missingVectors']>[1]) {
		return this.#vectors.missing(collection, request);
	}

	async vectors(contentHashes: readonly string[]): Promise<Map<string, Float32Array>> {
		return this.#vectors.read(contentHashes);
	}

	async putVectors(vectors: Parameters<VectorStore['putVectors']>[0]): Promise<void> {
		this.#vectors.putAll(vectors);
	}

	async termStatistics(collection: CollectionName, request: Parameters<VectorStore['termStatistics']>[1]) {
		const segments = (workspacesOf(request.filter) ?? this.#workspaces(collection)).map((workspace) => this.#segments.get(collection, workspace));
		return {
			points: segments.reduce((sum, segment) => sum + segment.size, 0),
			frequencies: request.hashes.map((hash) => segments.reduce((sum, segment) => sum + segment.frequency(request.field, hash), 0)),
		};
	}

	async refresh(): Promise<void> {
		this.#segments.refresh();
	}

	async checkpoint(): Promise<void> {
		await this.#segments.save();
	}

	async close(): Promise<void> {
		await this.#segments.settle();
		this.#segments.clear();
		this.#database.close();
	}

	#workspaces(collection: CollectionName): readonly string[] {
		return this.#database
			.prepare('SELECT DISTINCT workspace_id FROM points WHERE collection = ?')
			.all(collection)
			.map((row) => String(row.workspace_id));
	}

	/** Points that pass a filter, in id order, from `offset` on. */
	*#select(collection: CollectionName, filter: Filter | undefined, offset = ''): Generator<{ readonly id: string; readonly row: SqliteRow }> {
		const { rest, ...confined } = splitFilter(filter);
		const { where, lists } = confinedTo(confined);
		for (const row of this.#database.prepare(`${SELECT_POINT} WHERE ${where} AND p.id >= ? ORDER BY p.id`).iterate(collection, ...lists, offset)) {
			const id = String(row.id);
			if (!rest || matchesFilter(rest, id, parsePayload(row) as unknown as Record<string, unknown>)) yield { id, row };
		}
	}

	#rowNumbers(collection: CollectionName, filter: Filter | undefined): Set<number> {
		const { rest, ...confined } = splitFilter(filter);
		if (rest) return new Set(Array.from(this.#select(collection, filter), ({ row }) => Number(row.row)));
		const known = confined.ids && !confined.filePaths ? this.#knownRows(confined.ids) : null;
		if (known) return known;
		const { where, lists } = confinedTo(confined);
		return new Set(
			this.#database
				.prepare(`SELECT p.row FROM points p WHERE ${where}`)
				.all(collection, ...lists)
				.map(({ row }) => Number(row)),
		);
	}

	/** Rows of ids that were all ranked a moment ago; null where one was not. Which workspace they are of is for its segment to know. */
	#knownRows(ids: readonly string[]): Set<number> | null {
		this.#places.use(this.#version());
		const rows = new Set<number>();
		for (const id of ids) {
			const row = this.#places.rowOf(id);
			if (row === undefined) return null;
			rows.add(row);
		}
		return rows;
	}

	/** Another one after every change of the database, by whichever process. */
	#version(): string {
		return `${this.#database.dataVersion()}:${this.#segments.sequence()}`;
	}

	#pointRow(where: string, key: string | number): SqliteRow | undefined {
		return this.#database.prepare(`${SELECT_POINT} WHERE ${where}`).get(key);
	}

	#stored<C extends CollectionName>(row: SqliteRow): StoredPoint<C> {
		const hasVector = this.#vectors.has(String(row.content_hash));
		return { id: String(row.id), payload: parsePayload<C>(row), hasVector };
	}
}
