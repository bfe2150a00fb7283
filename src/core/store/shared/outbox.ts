import type { CollectionName } from '#core/domain/collection';
import type { SqliteDatabase } from '../sqlite.ts';

/** A point that the shared store has to be told of: that it is there as it is now, or no more. */
export interface OutboxEntry {
	readonly version: number;
	readonly id: string;
	readonly collection: CollectionName;
}

/** Never reused, so an entry that was made anew while it was delivered is another one. */
const TABLES = `
CREATE TABLE IF NOT EXISTS outbox (version INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, collection TEXT NOT NULL, UNIQUE (collection, id));
CREATE TABLE IF NOT EXISTS outbox_kept (collection TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (collection, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

const note = (row: 'NEW' | 'OLD') => `
DELETE FROM outbox WHERE collection = ${row}.collection AND id = ${row}.id;
INSERT INTO outbox (id, collection) VALUES (${row}.id, ${row}.collection);`;

/** Whoever writes a point, in whichever process, notes it in the same transaction. */
const TRIGGERS = `
CREATE TRIGGER IF NOT EXISTS outbox_insert AFTER INSERT ON points BEGIN ${note('NEW')} END;
CREATE TRIGGER IF NOT EXISTS outbox_update AFTER UPDATE ON points BEGIN ${note('OLD')} ${note('NEW')} END;
CREATE TRIGGER IF NOT EXISTS outbox_delete AFTER DELETE ON points BEGIN ${note('OLD')} END;
CREATE TRIGGER IF NOT EXISTS outbox_vector AFTER INSERT ON vectors BEGIN
DELETE FROM outbox WHERE id IN (SELECT p.id FROM points p JOIN bodies b ON b.row = p.body WHERE b.content_hash = NEW.content_hash);
INSERT INTO outbox (id, collection) SELECT p.id, p.collection FROM points p JOIN bodies b ON b.row = p.body WHERE b.content_hash = NEW.content_hash;
END;
`;

/**
 * Which points of a database a shared store has to be told of. Kept in the database itself, by triggers: what a call has acknowledged is noted, and
 * what was noted is delivered, whenever the process dies. Delivering twice does no harm, since a point's id is the same each time.
 */
export class Outbox {
	readonly #database: SqliteDatabase;

	/** Begins to note changes. For another `target` than before, everything that is there is to be delivered. */
	constructor(database: SqliteDatabase, target: string) {
		this.#database = database;
		database.transaction(() => {
			database.exec(TABLES + TRIGGERS);
			if (this.#state('target') === target) return;
			this.#database.exec('DELETE FROM outbox_kept');
			this.addAll();
			this.#setState('target', target);
		});
	}

	/** The oldest first. */
	pending(limit: number): OutboxEntry[] {
		const rows = this.#database.prepare('SELECT version, id, collection FROM outbox ORDER BY version LIMIT ?').all(limit);
		return rows.map(({ version, id, collection }) => ({ version: Number(version), id: String(id), collection: String(collection) as CollectionName }));
	}

	size(): number {
		return Number(this.#database.prepare('SELECT count(*) AS n FROM outbox').get()?.n ?? 0);
	}

	isEmpty(collection: CollectionName): boolean {
		return this.#database.prepare('SELECT 1 AS n FROM outbox WHERE collection = ? LIMIT 1').get(collection) === undefined;
	}

	/** Forgets what was delivered, and notes which of it stays on this machine. What was changed meanwhile is delivered again. */
	done(entries: readonly OutboxEntry[], kept: ReadonlySet<OutboxEntry>): void {
		this.#database.transaction(() => {
			for (const entry of entries) {
				const { version, collection, id } = entry;
				this.#database.prepare('DELETE FROM outbox WHERE version = ?').run(version);
				if (kept.has(entry)) this.#database.prepare('INSERT OR IGNORE INTO outbox_kept VALUES (?, ?)').run(collection, id);
				else this.#database.prepare('DELETE FROM outbox_kept WHERE collection = ? AND id = ?').run(collection, id);
			}
		});
	}

	/** Points of a collection that stay on this machine. */
	kept(collection: CollectionName): string[] {
		return this.#database
			.prepare('SELECT id FROM outbox_kept WHERE collection = ?')
			.all(collection)
			.map(({ id }) => String(id));
	}

	/** Everything is to be delivered anew. */
	addAll(): void {
		this.#add('SELECT id, collection FROM points');
	}

	/** What stays on this machine is looked at anew. */
	addKept(): void {
		this.#add('SELECT id, collection FROM outbox_kept');
	}

	/** Files of a workspace that the shared store was told of, or will be. */
	files(workspaceId: string): string[] {
		return this.#database
			.prepare(
				`SELECT DISTINCT file_path FROM points p WHERE workspace_id = ? AND file_path <> ''
				AND NOT EXISTS (SELECT 1 FROM outbox_kept k WHERE k.collection = p.collection AND k.id = p.id)`,
			)
			.all(workspaceId)
			.map(({ file_path }) => String(file_path));
	}

	/** The points of files are to be looked at anew, because what may leave this machine may have changed. */
	addFiles(workspaceId: string, filePaths: readonly string[]): void {
		this.#add('SELECT id, collection FROM points WHERE workspace_id = ? AND file_path IN (SELECT value FROM json_each(?))', workspaceId, JSON.stringify(filePaths));
	}

	/** Remembers the model whose vectors are delivered; true when it is another than before. */
	useModel(model: string): boolean {
		const isOther = this.#state('model') !== model;
		if (isOther) this.#setState('model', model);
		return isOther;
	}

	/** Notes nothing more, and forgets what was noted. */
	remove(): void {
		this.#database.transaction(() => {
			for (const trigger of ['insert', 'update', 'delete', 'vector']) this.#database.exec(`DROP TRIGGER IF EXISTS outbox_${trigger}`);
			this.#database.exec('DELETE FROM outbox; DELETE FROM outbox_kept; DELETE FROM outbox_state;');
		});
	}

	/** True when `owner` alone delivers until then: an older state of a point must not arrive after a newer one. */
	acquire(owner: string, nowMs: number, untilMs: number): boolean {
		return this.#database.transaction(() => {
			const [holder = '', expires = '0'] = (this.#state('lease') ?? '').split(' ');
			if (holder !== owner && Number(expires) > nowMs) return false;
			this.#setState('lease', `${owner} ${untilMs}`);
			return true;
		});
	}

	release(owner: string): void {
		if (this.#state('lease')?.startsWith(`${owner} `)) this.#database.prepare("DELETE FROM outbox_state WHERE key = 'lease'").run();
	}

	#add(select: string, ...parameters: readonly string[]): void {
		this.#database.transaction(() => {
			this.#database.prepare(`DELETE FROM outbox WHERE (id, collection) IN (${select})`).run(...parameters);
			this.#database.prepare(`INSERT INTO outbox (id, collection) ${select}`).run(...parameters);
		});
	}

	#state(key: string): string | null {
		const value = this.#database.prepare('SELECT value FROM outbox_state WHERE key = ?').get(key)?.value;
		return value === undefined ? null : String(value);
	}

	#setState(key: string, value: string): void {
		this.#database.prepare('INSERT OR REPLACE INTO outbox_state VALUES (?, ?)').run(key, value);
	}
}
