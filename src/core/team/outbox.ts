import type { Signal } from '#core/domain/outcome';
import type { LedgerRow } from '#core/metrics/ledger';
import type { SettledOutcome } from '#core/metrics/postgres/settledRows';
import type { Migrations } from '#core/store/migrate';
import type { PendingOutcome } from '#core/store/outcomeStore';
import type { SqliteDatabase } from '#core/store/sqlite';

/** Something that is to be delivered, by kind. */
export interface OutboxBodies {
	readonly call: LedgerRow;
	/** Without its subject, which may name a file. */
	readonly signal: Signal;
	readonly settled: SettledOutcome;
	/** Consequences were drawn up to a version. */
	readonly drawn: PendingOutcome;
	/** The name that the user chose; null: none any more. */
	readonly named: { readonly name: string | null };
	/** What was heard of these is to be removed; null: of all. */
	readonly forgotten: { readonly interactionIds: readonly string[] | null };
}

export type OutboxItem = { readonly [K in keyof OutboxBodies]: { readonly kind: K; readonly body: OutboxBodies[K] } }[keyof OutboxBodies];
export type OutboxEntry = OutboxItem & { readonly row: number };

/**
 * `target` is whose the entries are: what waits for one database is never sent to another. `refused` holds the code with which a database
 * turned an entry down for good. `identity` is the random name of this data directory's user, `told_names` the chosen one that a target was told.
 */
const OUTBOX = `
CREATE TABLE entries (row INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, time_ms INTEGER NOT NULL, refused TEXT);
CREATE INDEX entries_waiting ON entries(target, row) WHERE refused IS NULL;
CREATE INDEX entries_time ON entries(time_ms);
CREATE TABLE identity (user_id TEXT NOT NULL);
CREATE TABLE told_names (target TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE lease (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), owner TEXT NOT NULL, expires_ms INTEGER NOT NULL);
`;

export const OUTBOX_MIGRATIONS: Migrations = [OUTBOX];

/** What waits to be delivered, in the order in which it came; shared by all processes of a data directory. What `add` has returned survives `kill -9`. */
export class Outbox {
	readonly #database: SqliteDatabase;
	readonly userId: string;

	/** The database is migrated already, and closed with the outbox. `newId` names the user where nobody has yet. */
	constructor(database: SqliteDatabase, newId: () => string) {
		this.#database = database;
		this.userId = database.transaction(() => {
			const known = database.prepare('SELECT user_id FROM identity').get()?.user_id;
			if (known !== undefined) return String(known);
			const made = newId();
			database.prepare('INSERT INTO identity VALUES (?)').run(made);
			return made;
		});
	}

	add(target: string, items: readonly OutboxItem[], nowMs: number): void {
		const insert = this.#database.prepare('INSERT INTO entries (target, kind, body, time_ms) VALUES (?, ?, ?, ?)');
		this.#database.transaction(() => {
			for (const { kind, body } of items) insert.run(target, kind, JSON.stringify(body), nowMs);
		});
	}

	/** Has a target told the name that the user chose, where it was last told another, or none. */
	tellName(target: string, name: string | null, nowMs: number): void {
		this.#database.transaction(() => {
			const told = this.#database.prepare('SELECT name FROM told_names WHERE target = ?').get(target)?.name ?? null;
			if (told === name) return;
			this.#database.prepare('DELETE FROM told_names WHERE target = ?').run(target);
			if (name !== null) this.#database.prepare('INSERT INTO told_names VALUES (?, ?)').run(target, name);
			this.add(target, [{ kind: 'named', body: { name } }], nowMs);
		});
	}

	/** The oldest entries that wait for a target. */
	next(target: string, limit: number): readonly OutboxEntry[] {
		const rows = this.#database.prepare('SELECT row, kind, body FROM entries WHERE target = ? AND refused IS NULL ORDER BY row LIMIT ?').all(target, limit);
		return rows.map(({ row, kind, body }) => ({ row: Number(row), kind: String(kind), body: JSON.parse(String(body)) }) as OutboxEntry);
	}

	/** After they were delivered. */
	remove(entries: readonly OutboxEntry[]): void {
		const remove = this.#database.prepare('DELETE FROM entries WHERE row = ?');
		this.#database.transaction(() => {
			for (const { row } of entries) remove.run(row);
		});
	}

	/** Sets an entry aside that its target will never take. */
	refuse(entry: OutboxEntry, code: string): void {
		this.#database.prepare('UPDATE entries SET refused = ? WHERE row = ?').run(code, entry.row);
	}

	/** Removes entries, whoever they wait for, that came before a time. Returns how many. */
	forget(beforeMs: number): number {
		return this.#database.prepare('DELETE FROM entries WHERE time_ms < ?').run(beforeMs).changes;
	}

	counts(target: string): { readonly waiting: number; readonly refused: number } {
		const count = (condition: string) => Number(this.#database.prepare(`SELECT count(*) AS n FROM entries WHERE target = ? AND ${condition}`).get(target)?.n ?? 0);
		return { waiting: count('refused IS NULL'), refused: count('refused IS NOT NULL') };
	}

	/**
	 * True where this process may deliver until a time: two at once would do no harm, but do the work twice. The claim of a process that has ended
	 * counts no more, nor one that ends later than a claim made now, which was made before the clock was set back.
	 */
	claim(owner: string, nowMs: number, untilMs: number, hasEnded: (owner: string) => boolean): boolean {
		return this.#database.transaction(() => {
			const held = this.#database.prepare('SELECT owner, expires_ms FROM lease').get();
			const isHeld = held !== undefined && held.owner !== owner && Number(held.expires_ms) > nowMs && Number(held.expires_ms) <= untilMs && !hasEnded(String(held.owner));
			if (!isHeld) this.#database.prepare('INSERT OR REPLACE INTO lease VALUES (1, ?, ?)').run(owner, untilMs);
			return !isHeld;
		});
	}

	/** Ends one's own claim. */
	release(owner: string): void {
		this.#database.prepare('DELETE FROM lease WHERE owner = ?').run(owner);
	}

	close(): void {
		this.#database.close();
	}
}
