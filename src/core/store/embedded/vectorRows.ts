import { CoordinatorError } from '#core/base/errors';
import { embeddedText } from '#core/domain/chunk';
import type { CollectionName } from '#core/domain/collection';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';
import type { MissingVector, VectorStore } from '../vectorStore.ts';
import { blobToInt8, int8ToBlob } from './blobs.ts';
import { workspacesOf } from './filter.ts';
import { quantise } from './vectorMatrix.ts';

/** The stored vectors of the model in use, by content, and which contents have none. */
export class VectorRows {
	readonly #database: SqliteDatabase;
	#model: string | null = null;
	#dimension = 0;
	/** Bodies up to here were seen to have a vector of the model in use. */
	#missingCursor = 0;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	get model(): string | null {
		return this.#model;
	}
	get dimension(): number {
		return this.#dimension;
	}

	/** True when it is another than before. Throws `dimension-changed` when its stored vectors have another length. */
	useModel(model: string | null, dimension: number): boolean {
		if (model !== null) {
			const known = this.#database.prepare('SELECT dimension FROM models WHERE model = ?').get(model)?.dimension;
			if (known !== undefined && known !== dimension) {
				throw new CoordinatorError('dimension-changed', `The embedding model ${model} gives ${dimension} numbers; its stored vectors have ${Number(known)}.`, {
					details: { model, before: Number(known), now: dimension },
				});
			}
			if (known === undefined) this.#database.prepare('INSERT OR IGNORE INTO models VALUES (?, ?)').run(model, dimension);
		}
		if (model === this.#model) return false;
		this.#model = model;
		this.#dimension = dimension;
		this.#missingCursor = 0;
		return true;
	}

	/** Throws `invalid-argument` for a vector of another length than the model's. */
	check(vector: Float32Array): void {
		if (vector.length !== this.#dimension) {
			throw new CoordinatorError('invalid-argument', `A vector has ${vector.length} numbers; the collection's have ${this.#dimension}.`);
		}
	}

	has(contentHash: string): boolean {
		return this.#model !== null && this.#database.prepare('SELECT 1 AS n FROM vectors WHERE model = ? AND content_hash = ?').get(this.#model, contentHash) !== undefined;
	}

	/** As unit vectors; contents without one are left out. */
	read(contentHashes: readonly string[]): Map<string, Float32Array> {
		const found = new Map<string, Float32Array>();
		if (this.#model === null) return found;
		const read = this.#database.prepare('SELECT data FROM vectors WHERE model = ? AND content_hash = ?');
		for (const hash of contentHashes) {
			const data = read.get(this.#model, hash)?.data;
			if (data instanceof Uint8Array) found.set(hash, unitVector(blobToInt8(data)));
		}
		return found;
	}

	/** Stores a vector where there is a model. A replaced one gets a new row, which is how loaded segments learn of it. */
	put(contentHash: string, vector: Float32Array): void {
		if (this.#model === null) return;
		this.#database.prepare('INSERT OR REPLACE INTO vectors (content_hash, model, data) VALUES (?, ?, ?)').run(contentHash, this.#model, int8ToBlob(quantise(vector)));
	}

	/** All or none. Throws `invalid-argument` without a model, and `dimension-changed` for vectors of another length. */
	putAll(vectors: Parameters<VectorStore['putVectors']>[0]): void {
		const model = this.#model;
		if (model === null) throw new CoordinatorError('invalid-argument', 'There is no embedding model whose vectors could be stored.');
		this.#database.transaction(() => {
			for (const { contentHash, vector } of vectors) {
				if (vector.length !== this.#dimension) {
					throw new CoordinatorError('dimension-changed', `A vector has ${vector.length} numbers; the model's have ${this.#dimension}.`, {
						details: { model },
					});
				}
				this.put(contentHash, vector);
			}
		});
	}

	missing(collection: CollectionName, request: Parameters<VectorStore['missingVectors']>[1]): MissingVector[] {
		const model = this.#model;
		if (model === null) return [];
		const workspaces = workspacesOf(request.filter);
		const place = workspaces ? JSON.stringify(workspaces) : null;
		const without = request.without?.length ? JSON.stringify(request.without) : null;
		const missing = new Map<string, MissingVector>();
		const take = (row: SqliteRow) => {
			const contentHash = String(row.content_hash);
			missing.set(contentHash, { contentHash, text: bodyText(row), filePath: row.file_path === null ? null : String(row.file_path) });
		};
		const columns = `SELECT b.row AS body_row, b.content_hash, b.text, p.payload, p.workspace_id, p.file_path, p.collection FROM bodies b JOIN points p ON p.body = b.row
			WHERE p.collection = ? AND (?2 IS NULL OR p.workspace_id IN (SELECT value FROM json_each(?2)))
			AND (?4 IS NULL OR p.file_path NOT IN (SELECT value FROM json_each(?4)))
			AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.model = ?3 AND v.content_hash = b.content_hash)`;
		const ofFile = this.#database.prepare(`${columns} AND p.file_path = ?5`);
		for (const path of request.first ?? []) {
			for (const row of ofFile.all(collection, place, model, without, path)) take(row);
			if (missing.size >= request.limit) break;
		}
		const after = this.#database.prepare(`${columns} AND b.row > ?5 GROUP BY b.row ORDER BY b.row LIMIT ?6`);
		for (const start of place === null && this.#missingCursor > 0 ? [this.#missingCursor, 0] : [0]) {
			if (missing.size >= request.limit) break;
			const rows = after.all(collection, place, model, without, start, request.limit * 2);
			for (const row of rows) if (missing.size < request.limit) take(row);
			// With a filter, what comes before may be missing elsewhere.
			const first = place === null ? rows[0]?.body_row : undefined;
			if (place === null) this.#missingCursor = first === undefined ? 0 : Number(first) - 1;
		}
		return [...missing.values()].slice(0, request.limit);
	}
}

/** What is embedded for a body: code with its breadcrumb, other collections' text as it is. */
function bodyText(row: SqliteRow): string {
	const text = String(row.text);
	if (row.collection !== 'codebase-context') return text;
	const { breadcrumb } = JSON.parse(String(row.payload)) as {
		breadcrumb: readonly string[];
	};
	return embeddedText({ breadcrumb, text });
}

function unitVector(values: Int8Array): Float32Array {
	let squares = 0;
	for (const value of values) squares += value * value;
	const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
	// A loop: `Float32Array.from` with a function takes some fifty times as long, and a question reads hundreds of vectors.
	const unit = new Float32Array(values.length);
	for (let i = 0; i < values.length; i++) unit[i] = (values[i] as number) * scale;
	return unit;
}
