import type { CollectionName } from '#core/domain/collection';
import { blobToInt8, blobToLexical } from '../embedded/blobs.ts';
import { parsePayload } from '../embedded/pointRows.ts';
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
