import type { CollectionName, PayloadOf } from '#core/domain/collection';
import { termVector } from '#core/domain/terms';
import { searchedText } from '../searchedText.ts';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';
import type { VectorPoint } from '../vectorStore.ts';
import { int8ToBlob, lexicalToBlob } from './blobs.ts';

/** Writes a point and, unless its content is known, its body. Call within a transaction. */
export function writePoint<C extends CollectionName>(database: SqliteDatabase, collection: C, point: VectorPoint<C>, seq: number): void {
	const payload: PayloadOf[CollectionName] = point.payload;
	const text = searchedText(collection, payload);
	const { code_snippet: _snippet, ...stored } = payload as PayloadOf['codebase-context'];
	const body = writeBody(database, {
		contentHash: payload.content_hash,
		text,
		textTerms: lexicalToBlob(point.lexical?.text ?? termVector(text)),
		symbolTerms: point.lexical?.symbol ? lexicalToBlob(point.lexical.symbol) : null,
		staticVector: point.staticVector ? int8ToBlob(point.staticVector) : null,
	});
	const filePath = 'file_path' in payload ? payload.file_path : '';
	const workspaceId = payload.workspace_id ?? '';
	const before = database.prepare('SELECT row, collection, workspace_id FROM points WHERE id = ?').get(point.id);
	if (before && (before.collection !== collection || before.workspace_id !== workspaceId)) noteRemoved(database, before, seq);
	writePointRow(database, {
		id: point.id,
		collection,
		workspaceId,
		filePath,
		body,
		payload: JSON.stringify(collection === 'codebase-context' ? stored : payload),
		pathTerms: point.lexical?.path ? lexicalToBlob(point.lexical.path) : null,
		seq,
	});
}

/** Returns the body's row; a known content keeps what it has. */
export function writeBody(
	database: SqliteDatabase,
	body: {
		readonly contentHash: string;
		readonly text: string;
		readonly textTerms: Uint8Array;
		readonly symbolTerms: Uint8Array | null;
		readonly staticVector: Uint8Array | null;
	},
): number {
	const { changes, lastInsertRowid } = database
		.prepare('INSERT OR IGNORE INTO bodies (content_hash, text, text_terms, symbol_terms, static) VALUES (?, ?, ?, ?, ?)')
		.run(body.contentHash, body.text, body.textTerms, body.symbolTerms, body.staticVector);
	return changes > 0 ? lastInsertRowid : Number(database.prepare('SELECT row FROM bodies WHERE content_hash = ?').get(body.contentHash)?.row);
}

export interface PointRow {
	readonly id: string;
	readonly collection: CollectionName;
	readonly workspaceId: string;
	readonly filePath: string;
	readonly body: number;
	/** JSON without the text, which is the body's. */
	readonly payload: string;
	/** Null: the words of `filePath`. */
	readonly pathTerms: Uint8Array | null;
	readonly seq: number;
}

/** Inserts or replaces by id; what `setPayload` has stored for the point stays. */
export function writePointRow(database: SqliteDatabase, point: PointRow): void {
	database
		.prepare(
			`INSERT INTO points (id, collection, workspace_id, file_path, body, payload, path_terms, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET collection = excluded.collection, workspace_id = excluded.workspace_id, file_path = excluded.file_path, body = excluded.body, payload = excluded.payload, path_terms = excluded.path_terms, seq = excluded.seq`,
		)
		.run(point.id, point.collection, point.workspaceId, point.filePath, point.body, point.payload, point.pathTerms, point.seq);
}

/** Deletes rows (with `row`, `collection`, `workspace_id`) and notes it for those who follow the sequence. */
export function deletePoints(database: SqliteDatabase, rows: readonly SqliteRow[], seq: number): void {
	const remove = database.prepare('DELETE FROM points WHERE row = ?');
	for (const row of rows) {
		remove.run(Number(row.row));
		noteRemoved(database, row, seq);
	}
}

function noteRemoved(database: SqliteDatabase, { row, collection, workspace_id }: SqliteRow, seq: number): void {
	database.prepare('INSERT INTO removed (seq, collection, workspace_id, row) VALUES (?, ?, ?, ?)').run(seq, String(collection), String(workspace_id), Number(row));
}

/** What every chunk has when it comes from the workspace; not stored with each. */
export const INGESTED = {
	last_accessed: null,
	access_count: 0,
	success_rate: 0.5,
	scope: 'workspace',
	status: 'active',
	provenance: ['ingest'],
	embedding_model: null,
} as const satisfies Partial<PayloadOf['codebase-context']>;

/** The payload of a row joined with its body, with what `setPayload` changed. */
export function parsePayload<C extends CollectionName>(row: SqliteRow): PayloadOf[C] {
	const payload = JSON.parse(String(row.payload)) as Record<string, unknown>;
	const isCode = row.collection === 'codebase-context';
	if (isCode) payload.code_snippet = String(row.text);
	return {
		...(isCode ? INGESTED : {}),
		...payload,
		...(row.state ? (JSON.parse(String(row.state)) as object) : {}),
	} as unknown as PayloadOf[C];
}

/** A point with its body, as `parsePayload` reads it. */
export const SELECT_POINT =
	'SELECT p.row, p.id, p.collection, p.workspace_id, p.file_path, p.payload, p.state, b.content_hash, b.text FROM points p JOIN bodies b ON b.row = p.body';
