import { POSTGRES_SCHEMA } from '#core/store/migratePostgres';
import type { PostgresConnection, PostgresDatabase, PostgresValue } from '#core/store/postgres';
import { cleanText } from '#core/store/postgresText';
import { CALL_COLUMN_NAMES, CALL_COLUMNS, callConditions, fromRow, toNanoUsd, toTotals, toUsd, toValues } from '../callColumns.ts';
import type { Ledger, LedgerFilter, LedgerPage, LedgerRange, LedgerRow, LedgerSummary, Reservation, SpendingLimit } from '../ledger.ts';

const CALLS = `${POSTGRES_SCHEMA}.calls`;
const RESERVATIONS = `${POSTGRES_SCHEMA}.reservations`;
const COLUMNS = CALL_COLUMN_NAMES.join(', ');
const TYPES = { text: 'text', count: 'bigint', duration: 'double precision', flag: 'boolean', money: 'bigint' } as const;
const SHAPE = CALL_COLUMNS.map(([, column, kind]) => `${column} ${TYPES[kind]}`).join(', ');
/** One parameter for any number of rows. No target of the conflict, so that a user who may only insert can. */
const INSERT = `INSERT INTO ${CALLS} (user_id, ${COLUMNS})
  SELECT $1, ${COLUMNS} FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (${SHAPE})) WITH ORDINALITY AS given (${COLUMNS}, place) ORDER BY place
  ON CONFLICT DO NOTHING`;
export const CALL_TOTALS = `count(*) AS calls, count(*) FILTER (WHERE result = 'failed') AS failed, count(*) FILTER (WHERE result = 'cancelled') AS cancelled,
  count(*) FILTER (WHERE is_cache_hit) AS cache_hits, coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
  count(*) FILTER (WHERE is_estimate) AS estimated_calls, coalesce(sum(cost_nano_usd), 0) AS cost_nano_usd,
  count(*) - count(cost_nano_usd) AS unknown_cost_calls, coalesce(sum(total_ms), 0) AS total_ms`;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** The calls of one user in a database of many. The database is migrated already, and closed by whoever opened it. */
export class PostgresLedger implements Ledger {
	readonly #database: PostgresDatabase;
	readonly #userId: string;

	constructor(database: PostgresDatabase, userId: string) {
		this.#database = database;
		this.#userId = userId;
	}

	async record(rows: readonly LedgerRow[]): Promise<void> {
		const given = rows.map(toValues).map((values) => Object.fromEntries(values.map((value, index) => [CALL_COLUMN_NAMES[index], cleanText(value)])));
		if (given.length === 0) return;
		await this.#database.transaction(async (connection) => {
			await connection.query(INSERT, [this.#userId, JSON.stringify(given)]);
			await this.#release(
				connection,
				given.map(({ id }) => String(id)),
			);
		});
	}

	async reserve({ id, owner, timeMs, usd }: Reservation, leastUsd: number, limits: readonly SpendingLimit[]): Promise<number | null> {
		const [wanted, least] = [toNanoUsd(usd), toNanoUsd(leastUsd)];
		return this.#database.transaction(async ({ query }) => {
			// One user's reservations follow each other, so that no two get the same money.
			await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${RESERVATIONS} ${this.#userId}`]);
			const sum = async (sql: string, ...values: readonly PostgresValue[]) => Number((await query(sql, [this.#userId, ...values])).rows[0]?.sum ?? 0);
			const aside = await sum(`SELECT sum(nano_usd) FROM ${RESERVATIONS} WHERE user_id = $1`);
			const left: number[] = [];
			for (const { sinceMs, limitUsd } of limits) {
				left.push(Math.floor(limitUsd * 1e9) - (await sum(`SELECT sum(cost_nano_usd) FROM ${CALLS} WHERE user_id = $1 AND time_ms >= $2`, sinceMs)) - aside);
			}
			const granted = Math.min(wanted, ...left);
			if (granted < least) return null;
			await query(`INSERT INTO ${RESERVATIONS} VALUES ($1, $2, $3, $4, $5)`, [this.#userId, cleanText(id), cleanText(owner), Math.round(timeMs), granted]);
			return toUsd(granted);
		});
	}

	async release(ids: readonly string[]): Promise<void> {
		await this.#database.transaction((connection) => this.#release(connection, ids));
	}

	async reservations(): Promise<readonly Reservation[]> {
		const sql = `SELECT id, owner, time_ms, nano_usd FROM ${RESERVATIONS} WHERE user_id = $1 ORDER BY id COLLATE "C"`;
		const { rows } = await this.#database.transaction((connection) => connection.query(sql, [this.#userId]), { isReadOnly: true });
		return rows.map(({ id, owner, time_ms, nano_usd }) => ({ id: String(id), owner: String(owner), timeMs: Number(time_ms), usd: toUsd(nano_usd) ?? 0 }));
	}

	async spent(sinceMs: number): Promise<{ readonly knownUsd: number; readonly unknownCalls: number }> {
		const sql = `SELECT coalesce(sum(cost_nano_usd), 0) AS cost, count(*) - count(cost_nano_usd) AS unknown FROM ${CALLS} WHERE user_id = $1 AND time_ms >= $2`;
		const { rows } = await this.#database.transaction((connection) => connection.query(sql, [this.#userId, sinceMs]), { isReadOnly: true });
		return { knownUsd: toUsd(rows[0]?.cost) ?? 0, unknownCalls: Number(rows[0]?.unknown ?? 0) };
	}

	async summary(range: LedgerRange = {}, filter: LedgerFilter = {}): Promise<LedgerSummary> {
		const { where, values } = this.#conditions(range, filter);
		return this.#database.transaction(
			async (connection: PostgresConnection) => {
				const all = async (columns: string, rest: string) => (await connection.query(`SELECT ${columns} ${CALL_TOTALS} FROM ${CALLS} ${where} ${rest}`, values)).rows;
				const [whole = {}] = await all('', '');
				const last = (column: string) => `(array_agg(${column} ORDER BY row DESC))[1] AS ${column}`;
				const models = await all(`model_id, ${last('model_label')}, ${last('is_remote')},`, 'GROUP BY model_id ORDER BY calls DESC, model_id COLLATE "C"');
				const purposes = await all('purpose,', 'GROUP BY purpose ORDER BY calls DESC, purpose COLLATE "C"');
				return {
					...toTotals(whole),
					models: models.map((row) => ({ ...toTotals(row), modelId: String(row.model_id), modelLabel: String(row.model_label), isRemote: row.is_remote === true })),
					purposes: purposes.map((row) => ({ ...toTotals(row), purpose: row.purpose as LedgerRow['purpose'] })),
				};
			},
			{ isReadOnly: true },
		);
	}

	async rows(options: { readonly range?: LedgerRange; readonly filter?: LedgerFilter; readonly limit?: number; readonly after?: string } = {}): Promise<LedgerPage> {
		const limit = Math.max(1, Math.min(MAX_PAGE, options.limit ?? DEFAULT_PAGE));
		const { where, values } = this.#conditions(options.range ?? {}, options.filter ?? {}, options.after);
		const sql = `SELECT row, ${COLUMNS} FROM ${CALLS} ${where} ORDER BY time_ms DESC, row DESC LIMIT ${limit + 1}`;
		const { rows: found } = await this.#database.transaction((connection) => connection.query(sql, values), { isReadOnly: true });
		const page = found.slice(0, limit);
		const last = page.at(-1);
		return { rows: page.map(fromRow), next: found.length > limit && last ? `${last.time_ms}:${last.row}` : null };
	}

	async forget(beforeMs: number): Promise<number> {
		const sql = `DELETE FROM ${CALLS} WHERE user_id = $1 AND time_ms < $2`;
		return (await this.#database.transaction((connection) => connection.query(sql, [this.#userId, beforeMs]))).changes;
	}

	async close(): Promise<void> {
		// The database is its owner's to close.
	}

	async #release({ query }: PostgresConnection, ids: readonly string[]): Promise<void> {
		await query(`DELETE FROM ${RESERVATIONS} WHERE user_id = $1 AND id IN (SELECT jsonb_array_elements_text($2::jsonb))`, [
			this.#userId,
			JSON.stringify(ids.map(cleanText)),
		]);
	}

	#conditions(range: LedgerRange, filter: LedgerFilter, after?: string): { readonly where: string; readonly values: readonly PostgresValue[] } {
		const values: PostgresValue[] = [this.#userId];
		const terms = callConditions(range, filter, after, 'IS NOT DISTINCT FROM').map(({ term, values: more }) => {
			const numbered = more.map((value) => `$${values.push(value)}`);
			return term.replaceAll('?', () => numbered.shift() ?? '');
		});
		return { where: `WHERE ${['user_id = $1', ...terms].join(' AND ')}`, values };
	}
}
