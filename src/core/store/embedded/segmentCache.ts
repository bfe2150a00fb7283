import type { CollectionName } from '#core/domain/collection';
import type { LexicalVector } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { SnapshotFilePort } from '#core/ports';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';
import { blobToInt8, blobToLexical } from './blobs.ts';
import { PRUNED_KEY } from './garbage.ts';
import { Segment } from './segment.ts';
import { readSnapshot, writeSnapshot } from './segmentSnapshot.ts';

interface Loaded {
	readonly collection: CollectionName;
	readonly workspaceId: string;
	segment: Segment;
	/** Whose vectors the segment holds. A snapshot's own until the store is told a model: nothing is searched by meaning before. */
	model: string | null;
	/** Changes up to here are in the segment, and vectors up to this row. */
	seq: number;
	vectorRow: number;
	/** Documents and vectors that came or went since the snapshot on disk. */
	changes: number;
	saving: Promise<void> | null;
}

/** Where the snapshots of a database's segments lie. */
export interface SnapshotPlace {
	readonly files: SnapshotFilePort;
	/** The snapshot's path for a collection of a workspace. */
	readonly pathOf: (collection: CollectionName, workspaceId: string) => string;
}

/** Rows of `meta` that say from which state of the database the snapshots are. */
const TOKEN_KEY = 'snapshot';
/** Reading this many rows takes a blink; a smaller segment needs no snapshot. */
const SNAPSHOT_MINIMUM = 2_000;
/** A snapshot is written anew when this share of it has changed. */
const SNAPSHOT_SHARE = 0.1;

const COLUMNS = `SELECT p.row, p.file_path, p.path_terms, b.content_hash, b.text_terms, b.symbol_terms, b.static, v.data AS vector
	FROM points p JOIN bodies b ON b.row = p.body LEFT JOIN vectors v ON v.model = ? AND v.content_hash = b.content_hash`;

/** Segments by collection and workspace: read from the database when first asked for, and brought up to date at every use. */
export class SegmentCache {
	readonly #database: SqliteDatabase;
	readonly #kernel: WebAssembly.Module;
	readonly #loaded = new Map<string, Loaded>();
	readonly #snapshots: SnapshotPlace | null;
	#model: string | null = null;

	constructor(database: SqliteDatabase, kernel: WebAssembly.Module, snapshots: SnapshotPlace | null) {
		this.#database = database;
		this.#kernel = kernel;
		this.#snapshots = snapshots;
	}

	/** A new number for the changes of the transaction that is under way. */
	nextSequence(): number {
		this.#database.prepare("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'seq'").run();
		return this.sequence();
	}

	get(collection: CollectionName, workspaceId: string): Segment {
		const key = `${collection}\n${workspaceId}`;
		let loaded = this.#loaded.get(key);
		if (!loaded) {
			loaded = {
				collection,
				workspaceId,
				segment: new Segment(this.#kernel),
				model: this.#model,
				seq: 0,
				vectorRow: 0,
				changes: 0,
				saving: null,
			};
			this.#loaded.set(key, loaded);
		}
		this.#synchronise(loaded);
		return loaded.segment;
	}

	refresh(): void {
		for (const loaded of this.#loaded.values()) this.#synchronise(loaded);
	}

	/** Writes the snapshots that are worth it. A failure costs the next start its speed and nothing else; it rejects to be logged. */
	async save(): Promise<void> {
		await this.settle();
		await this.#removeForsaken();
		for (const loaded of this.#loaded.values()) {
			const isWorth = loaded.segment.size >= SNAPSHOT_MINIMUM && loaded.changes > loaded.segment.size * SNAPSHOT_SHARE;
			if (!this.#snapshots || !isWorth) continue;
			loaded.saving ??= this.#save(loaded, this.#snapshots).finally(() => {
				loaded.saving = null;
			});
			await loaded.saving;
		}
	}

	/** Resolves when no snapshot is being written, however that ended. */
	async settle(): Promise<void> {
		await Promise.allSettled([...this.#loaded.values()].map(({ saving }) => saving));
	}

	useModel(model: string | null): void {
		this.#model = model;
		for (const loaded of this.#loaded.values()) {
			if (loaded.model === model) continue;
			loaded.segment.dropVectors();
			loaded.model = model;
			loaded.vectorRow = 0;
		}
	}

	clear(): void {
		this.#loaded.clear();
	}

	/** Grows with every change of points, by whichever process. */
	sequence(): number {
		return Number(this.#database.prepare("SELECT value FROM meta WHERE key = 'seq'").get()?.value ?? 0);
	}

	async #save(loaded: Loaded, { files, pathOf }: SnapshotPlace): Promise<void> {
		const { collection, workspaceId, segment, model, seq, vectorRow, changes } = loaded;
		const token = String(this.#database.prepare('SELECT hex(randomblob(16)) AS token').get()?.token);
		await writeSnapshot(files, pathOf(collection, workspaceId), segment, { token, seq, vectorRow, model });
		this.#database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(tokenKey(loaded), token);
		loaded.changes -= changes;
	}

	/** Removes the snapshots of workspaces that have no points any more. */
	async #removeForsaken(): Promise<void> {
		if (!this.#snapshots) return;
		const isUsed = this.#database.prepare('SELECT 1 AS n FROM points WHERE collection = ? AND workspace_id = ? LIMIT 1');
		for (const { key } of this.#database.prepare(`SELECT key FROM meta WHERE key LIKE '${TOKEN_KEY} %'`).all()) {
			const [, collection = '', workspaceId = ''] = String(key).split(' ');
			if (isUsed.get(collection, workspaceId)) continue;
			await this.#snapshots.files.remove(this.#snapshots.pathOf(collection as CollectionName, workspaceId));
			this.#database.prepare('DELETE FROM meta WHERE key = ?').run(String(key));
		}
	}

	/** Takes over the snapshot where it was made from this database. */
	#restore(loaded: Loaded): boolean {
		if (!this.#snapshots) return false;
		const token = this.#database.prepare('SELECT value FROM meta WHERE key = ?').get(tokenKey(loaded))?.value;
		if (token === undefined) return false;
		const path = this.#snapshots.pathOf(loaded.collection, loaded.workspaceId);
		const restored = readSnapshot(this.#snapshots.files, path, this.#kernel, (mark) => mark.token === token);
		if (!restored) return false;
		const { segment, mark } = restored;
		Object.assign(loaded, { segment, model: mark.model, seq: mark.seq, vectorRow: mark.vectorRow });
		if (this.#model !== null) this.useModel(this.#model);
		return true;
	}

	#synchronise(loaded: Loaded): void {
		const seq = this.sequence();
		const vectorRow = Number(this.#database.prepare('SELECT max(row) AS row FROM vectors').get()?.row ?? 0);
		if (seq !== loaded.seq) {
			const pruned = Number(this.#database.prepare('SELECT value FROM meta WHERE key = ?').get(PRUNED_KEY)?.value ?? 0);
			if ((loaded.seq > 0 || this.#restore(loaded)) && loaded.seq >= pruned) this.#applyChanges(loaded);
			else {
				// What was removed before is not on record any more.
				loaded.segment = new Segment(this.#kernel);
				this.#load(loaded);
			}
			loaded.seq = seq;
			if (loaded.segment.isWasteful) {
				loaded.segment = new Segment(this.#kernel);
				this.#load(loaded);
			}
		}
		if (vectorRow !== loaded.vectorRow) {
			const rows = this.#database.prepare('SELECT content_hash, data FROM vectors WHERE row > ? AND model = ?').iterate(loaded.vectorRow, loaded.model);
			for (const { content_hash, data } of rows) {
				if (!(data instanceof Uint8Array)) continue;
				loaded.segment.putVector(String(content_hash), blobToInt8(data));
				loaded.changes++;
			}
			loaded.vectorRow = vectorRow;
		}
	}

	/** Without the vectors: read afterwards in the order of their rows they take a fraction of the time of a look-up each. */
	#load(loaded: Loaded): void {
		const rows = this.#database
			.prepare(`${COLUMNS} WHERE p.collection = ? AND p.workspace_id = ? ORDER BY p.file_path`)
			.iterate('', loaded.collection, loaded.workspaceId);
		const pathTerms = lastPathTerms();
		for (const row of rows) addRow(loaded.segment, row, pathTerms);
		loaded.segment.commit();
		loaded.vectorRow = 0;
		loaded.changes = loaded.segment.size;
	}

	#applyChanges(loaded: Loaded): void {
		const { segment, collection, workspaceId } = loaded;
		const gone = this.#database.prepare('SELECT row FROM removed WHERE seq > ? AND collection = ? AND workspace_id = ?');
		for (const { row } of gone.all(loaded.seq, collection, workspaceId)) {
			segment.remove(Number(row));
			loaded.changes++;
		}
		const pathTerms = lastPathTerms();
		const rows = this.#database.prepare(`${COLUMNS} WHERE p.seq > ? AND p.collection = ? AND p.workspace_id = ?`);
		for (const row of rows.iterate(loaded.model, loaded.seq, collection, workspaceId)) {
			segment.remove(Number(row.row));
			addRow(segment, row, pathTerms);
			loaded.changes++;
		}
		segment.commit();
	}
}

function tokenKey({ collection, workspaceId }: Loaded): string {
	return `${TOKEN_KEY} ${collection} ${workspaceId}`;
}

/** Terms of paths; the chunks of a file come one after the other, so the last path's are kept. */
function lastPathTerms(): (path: string) => LexicalVector {
	let last = { path: '', terms: termVector('') };
	return (path) => {
		if (last.path !== path) last = { path, terms: termVector(path) };
		return last.terms;
	};
}

function addRow(segment: Segment, row: SqliteRow, termsOfPath: (path: string) => LexicalVector): void {
	const blob = (value: unknown) => (value instanceof Uint8Array ? value : null);
	const filePath = String(row.file_path);
	const pathTerms = blob(row.path_terms);
	const staticVector = blob(row.static);
	const vector = blob(row.vector);
	segment.add({
		row: Number(row.row),
		filePath,
		contentHash: String(row.content_hash),
		lexical: {
			text: blobToLexical(blob(row.text_terms)),
			symbol: blobToLexical(blob(row.symbol_terms)),
			path: pathTerms ? blobToLexical(pathTerms) : termsOfPath(filePath),
		},
		staticVector: staticVector && blobToInt8(staticVector),
		vector: vector && blobToInt8(vector),
	});
}
