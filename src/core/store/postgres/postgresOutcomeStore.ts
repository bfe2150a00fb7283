import type { Signal, SignalKind } from '#core/domain/outcome';
import { POSTGRES_SCHEMA as S } from '../migratePostgres.ts';
import type { Credit, OutcomeStore, PendingOutcome, SentContext } from '../outcomeStore.ts';
import type { PostgresConnection, PostgresDatabase, PostgresRow, PostgresValue } from '../postgres.ts';
import { cleanText } from '../postgresText.ts';

const CREDITS = `SELECT credits.*, EXISTS (
  SELECT FROM ${S}.signals s WHERE s.user_id = credits.user_id AND s.interaction_id = credits.interaction_id AND s.source NOT LIKE 'agent:%'
  AND (s.kind <> 'edited-after' OR s.subject = credits.place)
) AS is_confirmed`;
const TABLES = ['signals', 'contexts', 'credits', 'pending'] as const;

/** The outcomes of one user in a database of many. The database is migrated already, and closed by whoever opened it. */
export class PostgresOutcomeStore implements OutcomeStore {
	readonly #database: PostgresDatabase;
	readonly #userId: string;

	constructor(database: PostgresDatabase, userId: string) {
		this.#database = database;
		this.#userId = userId;
	}

	async recordContexts(interactionId: string, contexts: readonly SentContext[]): Promise<void> {
		// Of one piece that is named twice, the last counts.
		const last = [...new Map(contexts.map(({ pointId, place, isUsed }) => [pointId, { point_id: pointId, place, is_used: isUsed }])).values()];
		await this.#database.transaction(async ({ query }) => {
			await query(`DELETE FROM ${S}.contexts WHERE user_id = $1 AND interaction_id = $2`, [this.#userId, interactionId]);
			const shape = 'point_id text, place text, is_used boolean';
			await query(`INSERT INTO ${S}.contexts SELECT $1, $2, * FROM jsonb_to_recordset($3::jsonb) AS given (${shape}) ON CONFLICT DO NOTHING`, [
				this.#userId,
				interactionId,
				toJson(last),
			]);
		});
	}

	async contexts(interactionId: string): Promise<readonly SentContext[]> {
		const rows = await this.#read('SELECT point_id, place, is_used', 'contexts', 'interaction_id = $2 ORDER BY point_id COLLATE "C"', [interactionId]);
		return rows.map(({ point_id, place, is_used }) => ({ pointId: String(point_id), place: String(place), isUsed: is_used === true }));
	}

	async countReused(interactionId: string): Promise<number> {
		const isSentElsewhere = `EXISTS (SELECT 1 FROM ${S}.contexts AS other WHERE other.user_id = contexts.user_id AND other.place = contexts.place AND other.interaction_id <> contexts.interaction_id)`;
		const rows = await this.#read('SELECT count(*) AS n', 'contexts', `interaction_id = $2 AND ${isSentElsewhere}`, [interactionId]);
		return Number(rows[0]?.n ?? 0);
	}

	async addSignals(signals: readonly Signal[]): Promise<readonly Signal[]> {
		if (signals.length === 0) return [];
		// By id, so that two processes that report the same signals wait for each other in one order.
		const given = [...signals]
			.sort((a, b) => (a.id < b.id ? -1 : 1))
			.map(({ interactionId, timeMs, ...same }) => ({ ...same, interaction_id: interactionId, time_ms: Math.round(timeMs) }));
		return this.#database.transaction(async ({ query }) => {
			const columns = 'id, interaction_id, kind, value, subject, source, time_ms';
			const shape = 'id text, interaction_id text, kind text, value float8, subject text, source text, time_ms bigint';
			const insert = `INSERT INTO ${S}.signals (user_id, ${columns}) SELECT $1, ${columns} FROM jsonb_to_recordset($2::jsonb) AS given (${shape}) ON CONFLICT DO NOTHING RETURNING id, interaction_id`;
			const { rows } = await query(insert, [this.#userId, toJson(given)]);
			const counts = new Map<string, number>();
			for (const { interaction_id } of rows) counts.set(String(interaction_id), (counts.get(String(interaction_id)) ?? 0) + 1);
			for (const id of new Set(signals.map(({ interactionId }) => String(cleanText(interactionId))))) {
				const more = counts.get(id);
				if (more === undefined) continue;
				const wait = `INSERT INTO ${S}.pending (user_id, interaction_id, version) VALUES ($1, $2, $3) ON CONFLICT (user_id, interaction_id) DO UPDATE SET version = pending.version + excluded.version`;
				await query(wait, [this.#userId, id, more]);
			}
			const added = new Set(rows.map(({ id }) => String(id)));
			return signals.filter(({ id }) => added.delete(String(cleanText(id))));
		});
	}

	async signals(interactionId: string): Promise<readonly Signal[]> {
		const rows = await this.#read('SELECT *', 'signals', 'interaction_id = $2 ORDER BY time_ms, id COLLATE "C"', [interactionId]);
		return rows.map((row) => ({
			id: String(row.id),
			interactionId,
			kind: String(row.kind) as SignalKind,
			value: Number(row.value),
			subject: row.subject === null || row.subject === undefined ? null : String(row.subject),
			source: String(row.source),
			timeMs: Number(row.time_ms),
		}));
	}

	async pending(limit: number): Promise<readonly PendingOutcome[]> {
		const rows = await this.#read('SELECT interaction_id, version', 'pending', 'true ORDER BY row LIMIT $2', [limit]);
		return rows.map(({ interaction_id, version }) => ({ interactionId: String(interaction_id), version: Number(version) }));
	}

	/** A version below the one that was settled waits no more either: whoever joined late may have counted fewer signals. */
	async settle({ interactionId, version }: PendingOutcome, credits: readonly Omit<Credit, 'interactionId' | 'isConfirmed'>[]): Promise<void> {
		const last = [...new Map(credits.map(({ timeMs, ...credit }) => [credit.place, { ...credit, time_ms: Math.round(timeMs) }])).values()];
		await this.#database.transaction(async ({ query }) => {
			await query(`DELETE FROM ${S}.credits WHERE user_id = $1 AND interaction_id = $2`, [this.#userId, interactionId]);
			const shape = 'place text, success float8, weight float8, time_ms bigint';
			const insert = `INSERT INTO ${S}.credits SELECT $1, $2, * FROM jsonb_to_recordset($3::jsonb) AS given (${shape}) ON CONFLICT DO NOTHING`;
			if (last.length > 0) await query(insert, [this.#userId, interactionId, toJson(last)]);
			await query(`DELETE FROM ${S}.pending WHERE user_id = $1 AND interaction_id = $2 AND version <= $3`, [this.#userId, interactionId, version]);
		});
	}

	async creditsAt(places: readonly string[]): Promise<ReadonlyMap<string, readonly Credit[]>> {
		const order = 'ORDER BY time_ms, interaction_id COLLATE "C"';
		const rows = await this.#read(CREDITS, 'credits', `place IN (SELECT jsonb_array_elements_text($2::jsonb)) ${order}`, [toJson([...new Set(places)])]);
		return groupBy(rows.map(toCredit), 'place');
	}

	async creditsOf(interactionIds: readonly string[]): Promise<readonly Credit[]> {
		const rows = await this.#read(CREDITS, 'credits', 'interaction_id IN (SELECT jsonb_array_elements_text($2::jsonb)) ORDER BY place COLLATE "C"', [
			toJson(interactionIds),
		]);
		const credits = groupBy(rows.map(toCredit), 'interactionId');
		return [...new Set(interactionIds)].flatMap((id) => credits.get(id) ?? []);
	}

	async forget(interactionIds: readonly string[]): Promise<void> {
		await this.#remove(TABLES, 'interaction_id IN (SELECT jsonb_array_elements_text($2::jsonb))', [toJson(interactionIds)]);
	}

	async forgetItems(ids: readonly string[]): Promise<void> {
		await this.#remove(['credits', 'contexts'], 'place IN (SELECT jsonb_array_elements_text($2::jsonb))', [toJson(ids)]);
	}

	async forgetWorkspace(workspaceId: string | null): Promise<void> {
		if (workspaceId === null) return this.#remove(TABLES, 'true', []);
		const isThere = (place: string) => `starts_with(${place}, $2 || E'\\n')`;
		const read = (table: string, where: string) => this.#read('SELECT DISTINCT interaction_id', table, where, [workspaceId]);
		const found = [
			await read('contexts', isThere('place')),
			await read('credits', isThere('place')),
			await read('signals', `kind = 'edited-after' AND ${isThere('subject')}`),
		];
		await this.forget([...new Set(found.flat().map(({ interaction_id }) => String(interaction_id)))]);
	}

	async counts() {
		const counts = await this.#database.transaction(
			async (connection) => {
				const count = async (table: string) => Number((await this.#select(connection, 'SELECT count(*) AS n', table, 'true', []))[0]?.n ?? 0);
				return { signals: await count('signals'), credits: await count('credits'), pending: await count('pending') };
			},
			{ isReadOnly: true },
		);
		return counts;
	}

	/** Rows of this user alone; `$1` is taken. */
	#read(select: string, table: string, where: string, values: readonly PostgresValue[]): Promise<readonly PostgresRow[]> {
		return this.#database.transaction((connection) => this.#select(connection, select, table, where, values), { isReadOnly: true });
	}

	async #select({ query }: PostgresConnection, select: string, table: string, where: string, values: readonly PostgresValue[]): Promise<readonly PostgresRow[]> {
		return (await query(`${select} FROM ${S}.${table} WHERE user_id = $1 AND ${where}`, [this.#userId, ...values])).rows;
	}

	async #remove(tables: readonly string[], where: string, values: readonly PostgresValue[]): Promise<void> {
		await this.#database.transaction(async ({ query }) => {
			for (const table of tables) await query(`DELETE FROM ${S}.${table} WHERE user_id = $1 AND ${where}`, [this.#userId, ...values]);
		});
	}
}

function groupBy(credits: readonly Credit[], field: 'place' | 'interactionId'): ReadonlyMap<string, readonly Credit[]> {
	const groups = new Map<string, Credit[]>();
	for (const credit of credits) {
		const group = groups.get(credit[field]);
		if (group) group.push(credit);
		else groups.set(credit[field], [credit]);
	}
	return groups;
}

function toJson(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) => cleanText(part));
}

function toCredit({ interaction_id, place, success, weight, time_ms, is_confirmed }: PostgresRow): Credit {
	return {
		interactionId: String(interaction_id),
		place: String(place),
		success: Number(success),
		weight: Number(weight),
		timeMs: Number(time_ms),
		isConfirmed: is_confirmed === true,
	};
}
