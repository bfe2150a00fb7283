import type { CollectionName } from '#core/domain/collection';
import { termVector } from '#core/domain/terms';
import { blobToInt8, blobToLexical } from '../embedded/blobs.ts';
import { parsePayload } from '../embedded/pointRows.ts';
import { type AverageTerms, lengthOf } from '../qdrant/sparseVectors.ts';
import type { SqliteDatabase, SqliteRow, SqliteValue } from '../sqlite.ts';
import type { VectorPoint } from '../vectorStore.ts';

/** Points of a collection as they are stored now, with the model's vector where there is one; unknown ids are left out. */
export function readLocalPoints(database: SqliteDatabase, collection: CollectionName, ids: readonly string[], model: string | null): VectorPoint[] {
	const rows = database
		.prepare(
			`SELECT p.id, p.collection, p.payload, p.state, p.path_terms, b.content_hash, b.text, b.text_terms, b.symbol_terms, b.static, v.data AS vector
			FROM points p JOIN bodies b ON b.row = p.body LEFT JOIN vectors v ON v.model = ? AND v.content_hash = b.content_hash
			WHERE p.collection = ? AND p.id IN (SELECT value FROM json_each(?))`,
		)
		.all(model ?? '', collection, JSON.stringify(ids));
	return rows.map(toPoint);
}

/** Points of a workspace that are looked at for its means. */
const MEASURED = 2_000;

/** Mean lengths in terms of a workspace's texts, of the points written last. */
export function readAverageTerms(database: SqliteDatabase, collection: CollectionName, workspaceId: string | null): AverageTerms {
	const rows = database
		.prepare(
			`SELECT p.path_terms, p.file_path, b.text_terms, b.symbol_terms FROM points p JOIN bodies b ON b.row = p.body
			WHERE p.collection = ? AND p.workspace_id = ? ORDER BY p.row DESC LIMIT ${MEASURED}`,
		)
		.all(collection, workspaceId ?? '');
	const sums = { text: 0, path: 0, symbol: 0 };
	for (const row of rows) {
		const pathTerms = bytes(row.path_terms);
		sums.text += lengthOf(blobToLexical(bytes(row.text_terms)).counts);
		sums.symbol += lengthOf(blobToLexical(bytes(row.symbol_terms)).counts);
		sums.path += lengthOf((pathTerms ? blobToLexical(pathTerms) : termVector(String(row.file_path))).counts);
	}
	const mean = (sum: number) => sum / Math.max(rows.length, 1) || 1;
	return { text: mean(sums.text), path: mean(sums.path), symbol: mean(sums.symbol) };
}

function toPoint(row: SqliteRow): VectorPoint {
	const vector = bytes(row.vector);
	const staticVector = bytes(row.static);
	const pathTerms = bytes(row.path_terms);
	return {
		id: String(row.id),
		...(vector ? { vector: unitVector(blobToInt8(vector)) } : {}),
		...(staticVector ? { staticVector: blobToInt8(staticVector) } : {}),
		lexical: {
			text: blobToLexical(bytes(row.text_terms)),
			symbol: blobToLexical(bytes(row.symbol_terms)),
			...(pathTerms ? { path: blobToLexical(pathTerms) } : {}),
		},
		payload: parsePayload(row),
	};
}

function bytes(value: SqliteValue | undefined): Uint8Array | null {
	return value instanceof Uint8Array ? value : null;
}

function unitVector(values: Int8Array): Float32Array {
	const length = Math.hypot(...values) || 1;
	return Float32Array.from(values, (value) => value / length);
}
