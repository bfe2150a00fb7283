import { CHUNKER_VERSION, type Chunk } from '#core/domain/chunk';
import { frameworkOf, purposeOf } from '#core/domain/chunkFacts';
import type { PayloadOf } from '#core/domain/collection';
import type { ProcessedFile, SkipReason, Worktree } from '#core/domain/file';
import type { ClockPort } from '#core/ports';
import type { ChunkedFile, GarbageReport, LeaseHolder, ManifestEntry, ManifestStore, ManifestTotals } from '../manifestStore.ts';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';
import { int8ToBlob, lexicalToBlob } from './blobs.ts';
import { collectGarbage, removeUnused } from './garbage.ts';
import { resolveImports } from './importResolver.ts';
import { codePointId } from './pointId.ts';
import { deletePoints, type INGESTED, writeBody, writePointRow } from './pointRows.ts';

/** A chunk as an outline keeps it: everything but the text and terms, which its body has. */
type OutlineChunk = Pick<Chunk, 'ordinal' | 'kind' | 'symbol' | 'breadcrumb' | 'startLine' | 'endLine' | 'contentHash' | 'tokens'> & {
	readonly purpose: string;
};

interface Outline {
	readonly chunks: readonly OutlineChunk[];
	readonly imports: readonly string[];
	readonly lineCount: number;
}

type PlacedFile = Pick<ManifestEntry, 'path' | 'sizeBytes' | 'mtimeMs'> & {
	readonly contentHash: string;
	readonly language: string;
};

const COLLECTION = 'codebase-context';

/** The manifest in the same database as the points it writes. */
export class EmbeddedManifestStore implements ManifestStore {
	readonly #database: SqliteDatabase;
	readonly #clock: ClockPort;
	readonly #neighbours = new Map<
		string,
		{
			readonly seq: number;
			readonly edges: ReadonlyMap<string, readonly string[]>;
		}
	>();

	constructor(database: SqliteDatabase, clock: ClockPort) {
		this.#database = database;
		this.#clock = clock;
	}

	async entries(worktreeId: string, paths?: readonly string[]): Promise<Map<string, ManifestEntry>> {
		const entries = new Map<string, ManifestEntry>();
		// `0` follows `/`: what lies below a folder is a range of the primary key.
		const some = 'SELECT * FROM files WHERE worktree_id = ?1 AND path = ?2 UNION ALL SELECT * FROM files WHERE worktree_id = ?1 AND path > ?3 AND path < ?4';
		const rows = paths
			? paths.flatMap((path) => this.#database.prepare(some).all(worktreeId, path, `${path}/`, `${path}0`))
			: this.#database.prepare('SELECT * FROM files WHERE worktree_id = ?').iterate(worktreeId);
		for (const row of rows) {
			const path = String(row.path);
			entries.set(path, {
				path,
				sizeBytes: Number(row.size),
				mtimeMs: Number(row.mtime),
				contentHash: row.content_hash === null ? null : String(row.content_hash),
				language: row.language === null ? null : String(row.language),
				skipReason: row.skip_reason === null ? null : (String(row.skip_reason) as SkipReason),
				failureCount: Number(row.failures),
				lineCount: Number(row.lines),
				chunkCount: Number(row.chunks),
			});
		}
		return entries;
	}

	async hasOutlines(): Promise<boolean> {
		return this.#database.prepare('SELECT 1 AS n FROM outlines LIMIT 1').get() !== undefined;
	}

	async isComplete(worktreeId: string): Promise<boolean> {
		return this.#database.prepare('SELECT 1 AS n FROM meta WHERE key = ?').get(`complete ${worktreeId}`) !== undefined;
	}

	async markComplete(worktreeId: string): Promise<void> {
		this.#database.prepare("INSERT OR IGNORE INTO meta VALUES (?, '1')").run(`complete ${worktreeId}`);
	}

	async knownOutlines(keys: readonly string[]): Promise<Set<string>> {
		const find = this.#database.prepare('SELECT 1 AS n FROM outlines WHERE content_hash = ? AND language = ? AND version = ?');
		return new Set(
			keys.filter((key) => {
				const separator = key.indexOf(':');
				return find.get(key.slice(0, separator), key.slice(separator + 1), CHUNKER_VERSION) !== undefined;
			}),
		);
	}

	async record(worktree: Worktree, files: readonly ProcessedFile[]): Promise<void> {
		this.#write((seq) => {
			for (const file of files) {
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
		});
	}

	async recordKnown(worktree: Worktree, files: readonly PlacedFile[]): Promise<void> {
		this.#write((seq) => {
			for (const file of files) {
				const outline = this.#readOutline(file.contentHash, file.language);
				if (outline && this.#hasBodies(outline)) this.#place(worktree, file, outline, seq);
			}
		});
	}

	async remove(worktree: Worktree, paths: readonly string[]): Promise<void> {
		this.#write((seq) => {
			const forget = this.#database.prepare('DELETE FROM files WHERE worktree_id = ? AND path = ?');
			for (const path of paths) {
				this.#unplace(worktree, path, seq);
				forget.run(worktree.id, path);
			}
		});
	}

	async recordSkips(
		worktree: Worktree,
		counts: Readonly<Partial<Record<SkipReason, number>>>,
		examples: Readonly<Partial<Record<SkipReason, readonly string[]>>>,
	): Promise<void> {
		this.#database.transaction(() => {
			this.#database.prepare('DELETE FROM skips WHERE worktree_id = ?').run(worktree.id);
			const insert = this.#database.prepare('INSERT INTO skips VALUES (?, ?, ?, ?)');
			for (const [reason, count] of Object.entries(counts)) insert.run(worktree.id, reason, count, JSON.stringify(examples[reason as SkipReason] ?? []));
		});
	}

	async totals(worktreeId: string): Promise<ManifestTotals> {
		const all = (sql: string) => this.#database.prepare(sql).all(worktreeId);
		const [sums] = all(
			'SELECT count(*) AS files, sum(lines) AS lines, sum(chunks) AS chunks, sum(size) AS bytes FROM files WHERE worktree_id = ? AND content_hash IS NOT NULL',
		);
		const languages = all('SELECT language, count(*) AS n FROM files WHERE worktree_id = ? AND content_hash IS NOT NULL GROUP BY language ORDER BY n DESC');
		const skipped = new Map<string, number>();
		const skips = [
			...all('SELECT skip_reason AS reason, count(*) AS n FROM files WHERE worktree_id = ? AND skip_reason IS NOT NULL GROUP BY skip_reason'),
			...all('SELECT reason, count AS n FROM skips WHERE worktree_id = ?'),
		];
		for (const { reason, n } of skips) skipped.set(String(reason), (skipped.get(String(reason)) ?? 0) + Number(n));
		return {
			files: Number(sums?.files ?? 0),
			lines: Number(sums?.lines ?? 0),
			chunks: Number(sums?.chunks ?? 0),
			bytes: Number(sums?.bytes ?? 0),
			languages: Object.fromEntries(languages.map(({ language, n }) => [String(language), Number(n)])),
			skipped: Object.fromEntries(skipped),
		};
	}

	async skippedExamples(worktreeId: string, reason: SkipReason, limit: number): Promise<string[]> {
		const files = this.#database.prepare('SELECT path FROM files WHERE worktree_id = ? AND skip_reason = ? ORDER BY path LIMIT ?').all(worktreeId, reason, limit);
		const noted = this.#database.prepare('SELECT examples FROM skips WHERE worktree_id = ? AND reason = ?').get(worktreeId, reason)?.examples;
		return [...files.map(({ path }) => String(path)), ...(noted ? (JSON.parse(String(noted)) as string[]) : [])].slice(0, limit);
	}

	async chunks(worktreeId: string, path: string) {
		const file = this.#database.prepare('SELECT content_hash, language FROM files WHERE worktree_id = ? AND path = ?').get(worktreeId, path);
		if (!file?.content_hash) return [];
		const text = this.#database.prepare('SELECT text FROM bodies WHERE content_hash = ?');
		const outline = this.#readOutline(String(file.content_hash), String(file.language));
		return (outline?.chunks ?? []).map(({ purpose: _purpose, ...chunk }) => ({
			...chunk,
			text: String(text.get(chunk.contentHash)?.text ?? ''),
		}));
	}

	async importNeighbours(worktreeId: string, paths: readonly string[]): Promise<Map<string, readonly string[]>> {
		const seq = Number(this.#database.prepare("SELECT value FROM meta WHERE key = 'seq'").get()?.value ?? 0);
		let known = this.#neighbours.get(worktreeId);
		if (known?.seq !== seq) {
			const rows = this.#database
				.prepare(
					'SELECT f.path, f.language, o.imports FROM files f JOIN outlines o ON o.content_hash = f.content_hash AND o.language = f.language AND o.version = ? WHERE f.worktree_id = ?',
				)
				.all(CHUNKER_VERSION, worktreeId);
			const files = rows.map(({ path, language, imports }) => ({
				path: String(path),
				language: String(language),
				imports: JSON.parse(String(imports)) as string[],
			}));
			known = { seq, edges: resolveImports(files) };
			this.#neighbours.set(worktreeId, known);
		}
		const { edges } = known;
		return new Map(paths.map((path) => [path, edges.get(path) ?? []]));
	}

	async acquireLease(worktreeId: string, owner: string, durationMs: number): Promise<'acquired' | LeaseHolder> {
		return this.#database.transaction(() => {
			const now = this.#clock.nowMs();
			const held = this.#database.prepare('SELECT owner, expires_ms FROM leases WHERE worktree_id = ?').get(worktreeId);
			if (held && held.owner !== owner && Number(held.expires_ms) > now)
				return {
					owner: String(held.owner),
					expiresAtMs: Number(held.expires_ms),
				};
			this.#database.prepare('INSERT OR REPLACE INTO leases VALUES (?, ?, ?)').run(worktreeId, owner, now + durationMs);
			return 'acquired' as const;
		});
	}

	async releaseLease(worktreeId: string, owner: string): Promise<void> {
		this.#database.prepare('DELETE FROM leases WHERE worktree_id = ? AND owner = ?').run(worktreeId, owner);
	}

	async clear(worktreeId?: string): Promise<void> {
		this.#write((seq) => {
			const where = worktreeId === undefined ? '' : ' AND workspace_id = ?';
			const parameters = worktreeId === undefined ? [] : [worktreeId];
			deletePoints(
				this.#database,
				this.#database.prepare(`SELECT row, collection, workspace_id FROM points WHERE collection = '${COLLECTION}'${where}`).all(...parameters),
				seq,
			);
			for (const table of ['files', 'skips']) {
				this.#database.prepare(`DELETE FROM ${table}${worktreeId === undefined ? '' : ' WHERE worktree_id = ?'}`).run(...parameters);
			}
			this.#database.prepare("DELETE FROM meta WHERE key LIKE 'complete %' AND (?1 IS NULL OR key = 'complete ' || ?1)").run(worktreeId ?? null);
			removeUnused(this.#database);
		});
		this.#database.exec('VACUUM');
	}

	collectGarbage(): Promise<GarbageReport | null> {
		return collectGarbage(this.#database, this.#clock);
	}

	async sizeBytes(): Promise<number> {
		const pragma = (name: string) => Number(Object.values(this.#database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
		return pragma('page_count') * pragma('page_size');
	}

	async close(): Promise<void> {
		this.#neighbours.clear();
	}

	#write(work: (seq: number) => void): void {
		this.#database.transaction(() => {
			this.#database.prepare("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'seq'").run();
			work(Number(this.#database.prepare("SELECT value FROM meta WHERE key = 'seq'").get()?.value ?? 0));
		});
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

	#readOutline(contentHash: string, language: string): Outline | null {
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
				collection: COLLECTION,
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
			.all(COLLECTION, worktree.id, path);
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
