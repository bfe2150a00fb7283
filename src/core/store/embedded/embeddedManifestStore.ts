import { CHUNKER_VERSION } from '#core/domain/chunk';
import type { ProcessedFile, SkipReason, Worktree } from '#core/domain/file';
import type { ClockPort } from '#core/ports';
import type { GarbageReport, LeaseHolder, ManifestEntry, ManifestStore, ManifestTotals } from '../manifestStore.ts';
import type { SqliteDatabase } from '../sqlite.ts';
import { CODE_COLLECTION, FilePlaces, type PlacedFile } from './filePlaces.ts';
import { collectGarbage, removeUnused } from './garbage.ts';
import { resolveImports } from './importResolver.ts';
import { deletePoints } from './pointRows.ts';

/** The manifest in the same database as the points it writes. */
export class EmbeddedManifestStore implements ManifestStore {
	readonly #database: SqliteDatabase;
	readonly #clock: ClockPort;
	readonly #measure: (() => Promise<number>) | null;
	readonly #places: FilePlaces;
	readonly #neighbours = new Map<
		string,
		{
			readonly seq: number;
			readonly edges: ReadonlyMap<string, readonly string[]>;
		}
	>();

	/** `measure`: bytes of the folder that the database has for itself; without it only the database's pages are counted. */
	constructor(database: SqliteDatabase, clock: ClockPort, measure: (() => Promise<number>) | null = null) {
		this.#database = database;
		this.#clock = clock;
		this.#measure = measure;
		this.#places = new FilePlaces(database);
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
			for (const file of files) this.#places.put(worktree, file, seq);
		});
	}

	async recordKnown(worktree: Worktree, files: readonly PlacedFile[]): Promise<void> {
		this.#write((seq) => {
			for (const file of files) this.#places.putKnown(worktree, file, seq);
		});
	}

	async remove(worktree: Worktree, paths: readonly string[]): Promise<void> {
		this.#write((seq) => {
			for (const path of paths) this.#places.remove(worktree, path, seq);
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
		const outline = this.#places.outline(String(file.content_hash), String(file.language));
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
				this.#database.prepare(`SELECT row, collection, workspace_id FROM points WHERE collection = '${CODE_COLLECTION}'${where}`).all(...parameters),
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
		if (this.#measure) return this.#measure();
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
}
