import { CHUNKER_VERSION, type Chunk } from '#core/domain/chunk';
import { frameworkOf, purposeOf } from '#core/domain/chunkFacts';
import type { PayloadOf } from '#core/domain/collection';
import type { ProcessedFile, Worktree } from '#core/domain/file';
import type { ChunkedFile, ManifestEntry } from '../manifestStore.ts';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';
import { int8ToBlob, lexicalToBlob } from './blobs.ts';
import { codePointId } from './pointId.ts';
import { deletePoints, type INGESTED, writeBody, writePointRow } from './pointRows.ts';

/** A chunk as an outline keeps it: everything but the text and terms, which its body has. */
type OutlineChunk = Pick<Chunk, 'ordinal' | 'kind' | 'symbol' | 'breadcrumb' | 'startLine' | 'endLine' | 'contentHash' | 'tokens'> & {
	readonly purpose: string;
};

export interface Outline {
	readonly chunks: readonly OutlineChunk[];
	readonly imports: readonly string[];
	readonly lineCount: number;
}

/** A file of known content and its place. */
export type PlacedFile = Pick<ManifestEntry, 'path' | 'sizeBytes' | 'mtimeMs'> & {
	readonly contentHash: string;
	readonly language: string;
};

/** Where the pieces of the workspace are. */
export const CODE_COLLECTION = 'codebase-context';

/** Writes which file has which content, with the outline, the bodies and the points that go with it. Call within a transaction. */
export class FilePlaces {
	readonly #database: SqliteDatabase;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	/** Puts a file into the worktree, replacing what its path had. */
	put(worktree: Worktree, file: ProcessedFile, seq: number): void {
		if (file.status === 'chunked') {
			const rows = this.#writeBodies(file);
			const outline = outlineOf(file);
			this.#writeOutline(file, outline);
			this.#place(worktree, file, outline, seq, rows);
		} else {
			this.#unplace(worktree, file.path, seq);
			this.#writeUnindexed(worktree, file);
		}
	}

	/** The same for content that has an outline; where that is gone by now, nothing happens. */
	putKnown(worktree: Worktree, file: PlacedFile, seq: number): void {
		const outline = this.outline(file.contentHash, file.language);
		if (outline && this.#hasBodies(outline)) this.#place(worktree, file, outline, seq);
	}

	/** Forgets the path and its points. */
	remove(worktree: Worktree, path: string, seq: number): void {
		this.#unplace(worktree, path, seq);
		this.#database.prepare('DELETE FROM files WHERE worktree_id = ? AND path = ?').run(worktree.id, path);
	}

	/** The stored outline of a content; null where there is none of this chunker. */
	outline(contentHash: string, language: string): Outline | null {
		const row = this.#database
			.prepare('SELECT line_count, chunks, imports FROM outlines WHERE content_hash = ? AND language = ? AND version = ?')
			.get(contentHash, language, CHUNKER_VERSION);
		return row
			? {
					chunks: JSON.parse(String(row.chunks)),
					imports: JSON.parse(String(row.imports)),
					lineCount: Number(row.line_count),
				}
			: null;
	}

	/** The body's row of each chunk, by position. */
	#writeBodies(file: ChunkedFile): number[] {
		return file.chunks.map((chunk) =>
			writeBody(this.#database, {
				contentHash: chunk.contentHash,
				text: chunk.text,
				textTerms: lexicalToBlob(chunk.textTerms),
				symbolTerms: lexicalToBlob(chunk.symbolTerms),
				staticVector: chunk.staticVector && int8ToBlob(chunk.staticVector),
			}),
		);
	}

	#writeOutline(file: ChunkedFile, outline: Outline): void {
		this.#database
			.prepare('INSERT OR REPLACE INTO outlines (content_hash, language, version, line_count, chunks, imports) VALUES (?, ?, ?, ?, ?, ?)')
			.run(file.contentHash, file.language, CHUNKER_VERSION, outline.lineCount, JSON.stringify(outline.chunks), JSON.stringify(outline.imports));
	}

	/** False when a chunk was collected since the outline was looked up; the file is then unknown, and read at the next scan. */
	#hasBodies({ chunks }: Outline): boolean {
		const find = this.#database.prepare('SELECT 1 AS n FROM bodies WHERE content_hash = ?');
		return chunks.every(({ contentHash }) => find.get(contentHash) !== undefined);
	}

	/** Makes the file's points those of the outline: known ones keep their row, others come and go. `bodyRows`: of each chunk, where known. */
	#place(worktree: Worktree, file: PlacedFile, outline: Outline, seq: number, bodyRows: readonly number[] = []): void {
		const bodyRow = this.#database.prepare('SELECT row FROM bodies WHERE content_hash = ?');
		const framework = frameworkOf(file.language, outline.imports);
		const occurrences = new Map<string, number>();
		const ids = new Set<string>();
		for (const [i, chunk] of outline.chunks.entries()) {
			const occurrence = occurrences.get(chunk.contentHash) ?? 0;
			occurrences.set(chunk.contentHash, occurrence + 1);
			const id = codePointId(worktree.id, file.path, chunk.contentHash, occurrence);
			ids.add(id);
			const payload: Omit<PayloadOf['codebase-context'], 'code_snippet' | keyof typeof INGESTED> = {
				file_path: file.path,
				language: file.language,
				framework,
				purpose: chunk.purpose,
				symbol: chunk.symbol,
				breadcrumb: chunk.breadcrumb,
				kind: chunk.kind,
				start_line: chunk.startLine,
				end_line: chunk.endLine,
				tokens: chunk.tokens,
				workspace_id: worktree.id,
				repository_id: worktree.repositoryId,
				content_hash: chunk.contentHash,
			};
			writePointRow(this.#database, {
				id,
				collection: CODE_COLLECTION,
				workspaceId: worktree.id,
				filePath: file.path,
				body: bodyRows[i] ?? Number(bodyRow.get(chunk.contentHash)?.row),
				payload: JSON.stringify(payload),
				pathTerms: null,
				seq,
			});
		}
		deletePoints(
			this.#database,
			this.#pointsOf(worktree, file.path).filter(({ id }) => !ids.has(String(id))),
			seq,
		);
		this.#database
			.prepare('INSERT OR REPLACE INTO files (worktree_id, path, size, mtime, content_hash, language, lines, chunks) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
			.run(worktree.id, file.path, file.sizeBytes, file.mtimeMs, file.contentHash, file.language, outline.lineCount, outline.chunks.length);
	}

	#unplace(worktree: Worktree, path: string, seq: number): void {
		deletePoints(this.#database, this.#pointsOf(worktree, path), seq);
	}

	#pointsOf(worktree: Worktree, path: string): SqliteRow[] {
		return this.#database
			.prepare('SELECT row, id, collection, workspace_id FROM points WHERE collection = ? AND workspace_id = ? AND file_path = ?')
			.all(CODE_COLLECTION, worktree.id, path);
	}

	/** A skipped file is remembered with its size and time, so that it is not read again; a failed one with its count of failures. */
	#writeUnindexed(worktree: Worktree, file: Exclude<ProcessedFile, ChunkedFile>): void {
		if (file.status === 'skipped') {
			this.#database
				.prepare('INSERT OR REPLACE INTO files (worktree_id, path, size, mtime, skip_reason) VALUES (?, ?, ?, ?, ?)')
				.run(worktree.id, file.path, file.sizeBytes, file.mtimeMs, file.reason);
			return;
		}
		const failures = Number(this.#database.prepare('SELECT failures FROM files WHERE worktree_id = ? AND path = ?').get(worktree.id, file.path)?.failures ?? 0) + 1;
		this.#database
			.prepare('INSERT OR REPLACE INTO files (worktree_id, path, size, mtime, skip_reason, failures) VALUES (?, ?, -1, 0, ?, ?)')
			.run(worktree.id, file.path, 'unreadable', failures);
	}
}

function outlineOf(file: ChunkedFile): Outline {
	return {
		chunks: file.chunks.map((chunk) => ({
			ordinal: chunk.ordinal,
			kind: chunk.kind,
			symbol: chunk.symbol,
			breadcrumb: chunk.breadcrumb,
			startLine: chunk.startLine,
			endLine: chunk.endLine,
			contentHash: chunk.contentHash,
			tokens: chunk.tokens,
			purpose: purposeOf(chunk),
		})),
		imports: file.imports,
		lineCount: file.lineCount,
	};
}
