import type { ClaimedExtraction, DropReason, ExtractionCounts, ExtractionStore } from '../extractionStore.ts';
import type { SqliteDatabase } from '../sqlite.ts';

/** The queue in SQLite, beside what is learned. Does not own the database. */
export class EmbeddedExtractionStore implements ExtractionStore {
	readonly #database: SqliteDatabase;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	async enqueue(interactionId: string, nowMs: number): Promise<boolean> {
		return this.#database.prepare('INSERT OR IGNORE INTO extractions (interaction_id, queued_ms) VALUES (?, ?)').run(interactionId, nowMs).changes > 0;
	}

	async claim(nowMs: number, untilMs: number): Promise<ClaimedExtraction | null> {
		return this.#database.transaction(() => {
			// A claim that ends later than one made now was made by a clock that has been put back since.
			const row = this.#database
				.prepare(
					`SELECT interaction_id, attempts FROM extractions WHERE state = 'waiting' AND (claimed_until_ms <= ? OR claimed_until_ms > ?)
					ORDER BY attempts, queued_ms, interaction_id LIMIT 1`,
				)
				.get(nowMs, untilMs);
			if (!row) return null;
			const interactionId = String(row.interaction_id);
			this.#database.prepare('UPDATE extractions SET claimed_until_ms = ?, attempts = attempts + 1 WHERE interaction_id = ?').run(untilMs, interactionId);
			return { interactionId, attempts: Number(row.attempts) + 1 };
		});
	}

	async release(interactionId: string): Promise<void> {
		this.#database.prepare('UPDATE extractions SET claimed_until_ms = 0, attempts = max(0, attempts - 1) WHERE interaction_id = ?').run(interactionId);
	}

	async finish(interactionId: string, result: Parameters<ExtractionStore['finish']>[1]): Promise<void> {
		const [state, reason, skillId] = 'skillId' in result ? ['done', null, result.skillId] : ['dropped', result.dropped, null];
		this.#database.prepare('UPDATE extractions SET state = ?, reason = ?, skill_id = ? WHERE interaction_id = ?').run(state, reason, skillId, interactionId);
	}

	async skillOf(interactionId: string): Promise<string | null> {
		const row = this.#database.prepare('SELECT skill_id FROM extractions WHERE interaction_id = ?').get(interactionId);
		return row?.skill_id ? String(row.skill_id) : null;
	}

	async withdraw(interactionIds: readonly string[]): Promise<void> {
		this.#remove(interactionIds, `AND state = 'waiting'`);
	}

	async forget(interactionIds: readonly string[] | null): Promise<void> {
		if (interactionIds === null) this.#database.exec('DELETE FROM extractions');
		else this.#remove(interactionIds, '');
	}

	async counts(): Promise<ExtractionCounts> {
		const rows = this.#database.prepare('SELECT state, reason, count(*) AS n FROM extractions GROUP BY state, reason').all();
		const of = (wanted: string) => rows.filter(({ state }) => state === wanted);
		const sum = (wanted: string) => of(wanted).reduce((total, { n }) => total + Number(n), 0);
		return {
			waiting: sum('waiting'),
			done: sum('done'),
			dropped: Object.fromEntries(of('dropped').map(({ reason, n }) => [reason as DropReason, Number(n)])),
		};
	}

	#remove(interactionIds: readonly string[], condition: string): void {
		this.#database.transaction(() => {
			const remove = this.#database.prepare(`DELETE FROM extractions WHERE interaction_id = ? ${condition}`);
			for (const id of interactionIds) remove.run(id);
		});
	}
}
