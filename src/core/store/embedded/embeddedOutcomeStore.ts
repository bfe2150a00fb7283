import type { Signal, SignalKind } from '#core/domain/outcome';
import type { Credit, OutcomeStore, PendingOutcome, SentContext } from '../outcomeStore.ts';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';

const SELECT_CREDITS = `SELECT c.*, EXISTS (
	SELECT 1 FROM signals s WHERE s.interaction_id = c.interaction_id AND s.source NOT LIKE 'agent:%' AND (s.kind <> 'edited-after' OR s.subject = c.place)
) AS is_confirmed FROM credits c`;

/** Outcomes in SQLite, beside what was learned. Does not own the database: whoever opened it closes it. */
export class EmbeddedOutcomeStore implements OutcomeStore {
	readonly #database: SqliteDatabase;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	async recordContexts(interactionId: string, contexts: readonly SentContext[]): Promise<void> {
		this.#database.transaction(() => {
			this.#run('DELETE FROM contexts WHERE interaction_id = ?', interactionId);
			const insert = this.#database.prepare('INSERT OR REPLACE INTO contexts VALUES (?, ?, ?, ?)');
			for (const { pointId, place, isUsed } of contexts) insert.run(interactionId, pointId, place, isUsed ? 1 : 0);
		});
	}

	async contexts(interactionId: string): Promise<readonly SentContext[]> {
		const rows = this.#database.prepare('SELECT point_id, place, is_used FROM contexts WHERE interaction_id = ? ORDER BY point_id').all(interactionId);
		return rows.map(({ point_id, place, is_used }) => ({ pointId: String(point_id), place: String(place), isUsed: is_used === 1 }));
	}

	async countReused(interactionId: string): Promise<number> {
		const row = this.#database
			.prepare(
				`SELECT count(*) AS n FROM contexts AS own WHERE interaction_id = ? AND EXISTS
				(SELECT 1 FROM contexts AS other WHERE other.place = own.place AND other.interaction_id <> own.interaction_id)`,
			)
			.get(interactionId);
		return Number(row?.n ?? 0);
	}

	async addSignals(signals: readonly Signal[]): Promise<readonly Signal[]> {
		return this.#database.transaction(() => {
			const insert = this.#database.prepare('INSERT OR IGNORE INTO signals VALUES (?, ?, ?, ?, ?, ?, ?)');
			const wait = this.#database.prepare('INSERT INTO pending (interaction_id, version) VALUES (?, 1) ON CONFLICT (interaction_id) DO UPDATE SET version = version + 1');
			return signals.filter(({ id, interactionId, kind, value, subject, source, timeMs }) => {
				const isNew = insert.run(id, interactionId, kind, value, subject, source, timeMs).changes > 0;
				if (isNew) wait.run(interactionId);
				return isNew;
			});
		});
	}

	async signals(interactionId: string): Promise<readonly Signal[]> {
		const rows = this.#database.prepare('SELECT * FROM signals WHERE interaction_id = ? ORDER BY time_ms, id').all(interactionId);
		return rows.map((row) => ({
			id: String(row.id),
			interactionId,
			kind: String(row.kind) as SignalKind,
			value: Number(row.value),
			subject: row.subject === null ? null : String(row.subject),
			source: String(row.source),
			timeMs: Number(row.time_ms),
		}));
	}

	async pending(limit: number): Promise<readonly PendingOutcome[]> {
		const rows = this.#database.prepare('SELECT interaction_id, version FROM pending ORDER BY rowid LIMIT ?').all(limit);
		return rows.map(({ interaction_id, version }) => ({ interactionId: String(interaction_id), version: Number(version) }));
	}

	async settle({ interactionId, version }: PendingOutcome, credits: Parameters<OutcomeStore['settle']>[1]): Promise<void> {
		this.#database.transaction(() => {
			this.#run('DELETE FROM credits WHERE interaction_id = ?', interactionId);
			const insert = this.#database.prepare('INSERT OR REPLACE INTO credits VALUES (?, ?, ?, ?, ?)');
			for (const { place, success, weight, timeMs } of credits) insert.run(interactionId, place, success, weight, timeMs);
			this.#run('DELETE FROM pending WHERE interaction_id = ? AND version = ?', interactionId, version);
		});
	}

	// One statement for all of them: a question asks for hundreds.
	async creditsAt(places: readonly string[]): Promise<ReadonlyMap<string, readonly Credit[]>> {
		const rows = this.#database.prepare(`${SELECT_CREDITS} WHERE place IN (SELECT value FROM json_each(?)) ORDER BY time_ms, interaction_id`).all(JSON.stringify(places));
		const found = new Map<string, Credit[]>();
		for (const credit of rows.map(toCredit)) {
			const known = found.get(credit.place);
			if (known) known.push(credit);
			else found.set(credit.place, [credit]);
		}
		return found;
	}

	async creditsOf(interactionIds: readonly string[]): Promise<readonly Credit[]> {
		const select = this.#database.prepare(`${SELECT_CREDITS} WHERE interaction_id IN (SELECT value FROM json_each(?)) ORDER BY interaction_id, place`);
		return select.all(JSON.stringify(interactionIds)).map(toCredit);
	}

	async forget(interactionIds: readonly string[]): Promise<void> {
		this.#database.transaction(() => {
			for (const id of interactionIds) {
				for (const table of ['signals', 'contexts', 'credits', 'pending']) this.#run(`DELETE FROM ${table} WHERE interaction_id = ?`, id);
			}
		});
	}

	async forgetItems(ids: readonly string[]): Promise<void> {
		this.#database.transaction(() => {
			for (const id of ids) {
				this.#run('DELETE FROM credits WHERE place = ?', id);
				this.#run('DELETE FROM contexts WHERE place = ?', id);
			}
		});
	}

	async forgetWorkspace(workspaceId: string | null): Promise<void> {
		if (workspaceId === null) {
			this.#database.transaction(() => {
				for (const table of ['signals', 'contexts', 'credits', 'pending']) this.#database.exec(`DELETE FROM ${table}`);
			});
			return;
		}
		// A place begins with its workspace; the line break is below every character that could follow a longer id.
		const range = [`${workspaceId}\n`, `${workspaceId}\u000b`];
		const rows = this.#database
			.prepare(
				`SELECT interaction_id FROM contexts WHERE place >= ? AND place < ? UNION SELECT interaction_id FROM credits WHERE place >= ? AND place < ?
				UNION SELECT interaction_id FROM signals WHERE kind = 'edited-after' AND subject >= ? AND subject < ?`,
			)
			.all(...range, ...range, ...range);
		await this.forget(rows.map(({ interaction_id }) => String(interaction_id)));
	}

	async counts() {
		const count = (table: string) => Number(this.#database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0);
		return { signals: count('signals'), credits: count('credits'), pending: count('pending') };
	}

	#run(sql: string, ...parameters: (string | number)[]): void {
		this.#database.prepare(sql).run(...parameters);
	}
}

function toCredit({ interaction_id, place, success, weight, time_ms, is_confirmed }: SqliteRow): Credit {
	return {
		...{ interactionId: String(interaction_id), place: String(place), success: Number(success), weight: Number(weight), timeMs: Number(time_ms) },
		isConfirmed: is_confirmed === 1,
	};
}
