import type { CollectionName } from '#core/domain/collection';
import type { LexicalVector } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';
import { blobToInt8, blobToLexical } from './blobs.ts';
import { Segment } from './segment.ts';

interface Loaded {
	readonly collection: CollectionName;
	readonly workspaceId: string;
	segment: Segment;
	/** Changes up to here are in the segment. */
	seq: number;
	vectorRow: number;
}

const COLUMNS = `SELECT p.row, p.file_path, p.path_terms, b.content_hash, b.text_terms, b.symbol_terms, b.static, v.data AS vector
	FROM points p JOIN bodies b ON b.row = p.body LEFT JOIN vectors v ON v.model = ? AND v.content_hash = b.content_hash`;

/** Segments by collection and workspace: read from the database when first asked for, and brought up to date at every use. */
export class SegmentCache {
	readonly #database: SqliteDatabase;
	readonly #kernel: WebAssembly.Module;
	readonly #loaded = new Map<string, Loaded>();
	#model = '';

	constructor(database: SqliteDatabase, kernel: WebAssembly.Module) {
		this.#database = database;
		this.#kernel = kernel;
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
				seq: 0,
				vectorRow: 0,
			};
			this.#loaded.set(key, loaded);
		}
		this.#synchronise(loaded);
		return loaded.segment;
	}

	refresh(): void {
		for (const loaded of this.#loaded.values()) this.#synchronise(loaded);
	}

	useModel(model: string | null): void {
		this.#model = model ?? '';
		for (const loaded of this.#loaded.values()) {
			loaded.segment.dropVectors();
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

	#synchronise(loaded: Loaded): void {
		const seq = this.sequence();
		const vectorRow = Number(this.#database.prepare('SELECT max(row) AS row FROM vectors').get()?.row ?? 0);
		if (seq !== loaded.seq) {
			if (loaded.seq > 0) this.#applyChanges(loaded);
			else this.#load(loaded);
			loaded.seq = seq;
			if (loaded.segment.isWasteful) {
				loaded.segment = new Segment(this.#kernel);
				this.#load(loaded);
			}
		}
		if (vectorRow !== loaded.vectorRow) {
			const rows = this.#database.prepare('SELECT content_hash, data FROM vectors WHERE row > ? AND model = ?').iterate(loaded.vectorRow, this.#model);
			for (const { content_hash, data } of rows) if (data instanceof Uint8Array) loaded.segment.putVector(String(content_hash), blobToInt8(data));
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
	}

	#applyChanges(loaded: Loaded): void {
		const { segment, collection, workspaceId } = loaded;
		const gone = this.#database.prepare('SELECT row FROM removed WHERE seq > ? AND collection = ? AND workspace_id = ?');
		for (const { row } of gone.all(loaded.seq, collection, workspaceId)) segment.remove(Number(row));
		const pathTerms = lastPathTerms();
		const rows = this.#database.prepare(`${COLUMNS} WHERE p.seq > ? AND p.collection = ? AND p.workspace_id = ?`);
		for (const row of rows.iterate(this.#model, loaded.seq, collection, workspaceId)) {
			segment.remove(Number(row.row));
			addRow(segment, row, pathTerms);
		}
		segment.commit();
	}
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
