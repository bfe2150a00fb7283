import type { SqliteDatabase } from '#core/store/sqlite';
import { CALL_COLUMN_NAMES, callConditions, fromRow, toNanoUsd, toTotals, toUsd, toValues } from '../callColumns.ts';
import type { LedgerFilter, LedgerPage, LedgerRange, LedgerRow, LedgerSummary, LocalLedger, Reservation, SpendingLimit } from '../ledger.ts';
import type { QuestionLedger } from '../questionLedger.ts';
import { toSqlite, whereOf } from './conditions.ts';
import { SqliteQuestions } from './sqliteQuestions.ts';

const COLUMNS = CALL_COLUMN_NAMES.join(', ');
const INSERT_CALL = `INSERT INTO calls (${COLUMNS}) VALUES (${CALL_COLUMN_NAMES.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`;

const TOTALS = `count(*) AS calls, coalesce(sum(result = 'failed'), 0) AS failed, coalesce(sum(result = 'cancelled'), 0) AS cancelled,
  coalesce(sum(is_cache_hit), 0) AS cache_hits, coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
  coalesce(sum(is_estimate), 0) AS estimated_calls, coalesce(sum(cost_nano_usd), 0) AS cost_nano_usd, count(*) - count(cost_nano_usd) AS unknown_cost_calls,
  coalesce(sum(total_ms), 0) AS total_ms`;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** The ledger in a table of calls and one of questions. The database is migrated already, and closed with the ledger. */
export class SqliteLedger implements LocalLedger {
	readonly #database: SqliteDatabase;
	readonly #questions: SqliteQuestions;

	constructor(database: SqliteDatabase) {
		this.#database = database;
		this.#questions = new SqliteQuestions(database);
	}

	async record(rows: readonly LedgerRow[]): Promise<void> {
		const values = rows.map((row) => toValues(row).map(toSqlite));
		const insert = this.#database.prepare(INSERT_CALL);
		this.#database.transaction(() => {
			for (const row of values) insert.run(...row);
			this.#release(rows.map(({ id }) => id));
			this.#questions.refresh(questionsOf(rows));
		});
	}

	async reserve({ id, owner, timeMs, usd }: Reservation, leastUsd: number, limits: readonly SpendingLimit[]): Promise<number | null> {
		const [wanted, least] = [toNanoUsd(usd), toNanoUsd(leastUsd)];
		return this.#database.transaction(() => {
			const aside = Number(this.#database.prepare('SELECT coalesce(sum(nano_usd), 0) AS aside FROM reservations').get()?.aside ?? 0);
			const left = limits.map(({ sinceMs, limitUsd }) => Math.floor(limitUsd * 1e9) - this.#spentNanoUsd(sinceMs) - aside);
			const granted = Math.min(wanted, ...left);
			if (granted < least) return null;
			this.#database.prepare('INSERT INTO reservations (id, owner, time_ms, nano_usd) VALUES (?, ?, ?, ?)').run(id, owner, Math.round(timeMs), granted);
			return toUsd(granted);
		});
	}

	async release(ids: readonly string[]): Promise<void> {
		this.#database.transaction(() => this.#release(ids));
	}

	async reservations(): Promise<readonly Reservation[]> {
		const rows = this.#database.prepare('SELECT id, owner, time_ms, nano_usd FROM reservations ORDER BY id').all();
		return rows.map(({ id, owner, time_ms, nano_usd }) => ({ id: String(id), owner: String(owner), timeMs: Number(time_ms), usd: toUsd(nano_usd) ?? 0 }));
	}

	async spent(sinceMs: number): Promise<{ readonly knownUsd: number; readonly unknownCalls: number }> {
		const row = this.#database
			.prepare('SELECT coalesce(sum(cost_nano_usd), 0) AS cost, count(*) - count(cost_nano_usd) AS unknown FROM calls WHERE time_ms >= ?')
			.get(sinceMs);
		return { knownUsd: toUsd(row?.cost) ?? 0, unknownCalls: Number(row?.unknown ?? 0) };
	}

	async summary(range: LedgerRange = {}, filter: LedgerFilter = {}): Promise<LedgerSummary> {
		const { where, values } = whereOf(callConditions(range, filter, undefined, 'IS'));
		// One transaction, so that a call of another process cannot be in the parts and not in the whole.
		return this.#database.transaction(() => {
			const all = (columns: string, rest: string) => this.#database.prepare(`SELECT ${columns} ${TOTALS} FROM calls ${where} ${rest}`).all(...values);
			const [whole = {}] = all('', '');
			const models = all('model_id, model_label, is_remote, max(row),', 'GROUP BY model_id ORDER BY calls DESC, model_id');
			const purposes = all('purpose,', 'GROUP BY purpose ORDER BY calls DESC, purpose');
			return {
				...toTotals(whole),
				models: models.map((row) => ({ ...toTotals(row), modelId: String(row.model_id), modelLabel: String(row.model_label), isRemote: row.is_remote === 1 })),
				purposes: purposes.map((row) => ({ ...toTotals(row), purpose: row.purpose as LedgerRow['purpose'] })),
			};
		});
	}

	async rows(options: { readonly range?: LedgerRange; readonly filter?: LedgerFilter; readonly limit?: number; readonly after?: string } = {}): Promise<LedgerPage> {
		const limit = Math.max(1, Math.min(MAX_PAGE, options.limit ?? DEFAULT_PAGE));
		const { where, values } = whereOf(callConditions(options.range ?? {}, options.filter ?? {}, options.after, 'IS'));
		const found = this.#database.prepare(`SELECT row, ${COLUMNS} FROM calls ${where} ORDER BY time_ms DESC, row DESC LIMIT ?`).all(...values, limit + 1);
		const page = found.slice(0, limit);
		const last = page.at(-1);
		return { rows: page.map(fromRow), next: found.length > limit && last ? `${last.time_ms}:${last.row}` : null };
	}

	async forget(beforeMs: number): Promise<number> {
		return this.#database.transaction(() => {
			const retried = this.#database.prepare('SELECT DISTINCT retry_of FROM calls WHERE retry_of IS NOT NULL AND time_ms < ?').all(beforeMs);
			const { changes } = this.#database.prepare('DELETE FROM calls WHERE time_ms < ?').run(beforeMs);
			this.#questions.forget(beforeMs);
			this.#questions.refresh(retried.map(({ retry_of }) => String(retry_of)));
			return changes;
		});
	}

	recordFigures(...parameters: Parameters<QuestionLedger['recordFigures']>): Promise<void> {
		return this.#questions.recordFigures(...parameters);
	}

	recordOutcome(...parameters: Parameters<QuestionLedger['recordOutcome']>): Promise<void> {
		return this.#questions.recordOutcome(...parameters);
	}

	questions(...parameters: Parameters<QuestionLedger['questions']>): ReturnType<QuestionLedger['questions']> {
		return this.#questions.questions(...parameters);
	}

	sums(...parameters: Parameters<QuestionLedger['sums']>): ReturnType<QuestionLedger['sums']> {
		return this.#questions.sums(...parameters);
	}

	samples(...parameters: Parameters<QuestionLedger['samples']>): ReturnType<QuestionLedger['samples']> {
		return this.#questions.samples(...parameters);
	}

	choices(): ReturnType<QuestionLedger['choices']> {
		return this.#questions.choices();
	}

	/** Makes the questions of calls that were recorded before there were any. */
	makeQuestions(): void {
		this.#database.transaction(() => {
			const ids = this.#database.prepare("SELECT DISTINCT interaction_id FROM calls WHERE purpose IN ('answer', 'compression')").all();
			this.#questions.refresh(ids.map(({ interaction_id }) => String(interaction_id)));
		});
	}

	async close(): Promise<void> {
		this.#database.close();
	}

	#release(ids: readonly string[]): void {
		const remove = this.#database.prepare('DELETE FROM reservations WHERE id = ?');
		for (const id of ids) remove.run(id);
	}

	#spentNanoUsd(sinceMs: number): number {
		return Number(this.#database.prepare('SELECT coalesce(sum(cost_nano_usd), 0) AS spent FROM calls WHERE time_ms >= ?').get(sinceMs)?.spent ?? 0);
	}
}

/** Whose questions these calls change. */
function questionsOf(rows: readonly LedgerRow[]): Set<string> {
	return new Set(
		rows.flatMap(({ interactionId, retryOf, purpose }) => [
			...(purpose === 'answer' || purpose === 'compression' ? [interactionId] : []),
			...(retryOf === null ? [] : [retryOf]),
		]),
	);
}
