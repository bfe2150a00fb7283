import type { OutcomeEstimate } from '#core/domain/outcome';
import { POSTGRES_SCHEMA } from '#core/store/migratePostgres';
import type { PostgresDatabase } from '#core/store/postgres';
import { cleanText } from '#core/store/postgresText';

/** What became of an interaction by more than the word of agents, as the team sees it. */
export interface SettledOutcome extends Omit<OutcomeEstimate, 'isConfirmed'> {
	/** Random; the same where it is sent again. */
	readonly id: string;
	readonly interactionId: string;
	readonly timeMs: number;
}

const SHAPE = 'id text, interaction_id text, time_ms bigint, label text, probability float8, user_feedback int';
const COLUMNS = 'id, interaction_id, time_ms, label, probability, user_feedback';

/** Adds what was found out, all or none, each id of a user once. */
export async function recordSettled(database: PostgresDatabase, userId: string, outcomes: readonly SettledOutcome[]): Promise<void> {
	const given = outcomes.map(({ id, interactionId, timeMs, label, probability, userFeedback }) => ({
		id: cleanText(id),
		interaction_id: cleanText(interactionId),
		time_ms: Math.round(timeMs),
		label,
		probability,
		user_feedback: userFeedback,
	}));
	const insert = `INSERT INTO ${POSTGRES_SCHEMA}.settled (user_id, ${COLUMNS})
		SELECT $1, ${COLUMNS} FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (${SHAPE})) WITH ORDINALITY AS given (${COLUMNS}, place) ORDER BY place
		ON CONFLICT DO NOTHING`;
	await database.transaction((connection) => connection.query(insert, [userId, JSON.stringify(given)]));
}

/** Removes what became of interactions; null: of all of the user's. */
export async function forgetSettled(database: PostgresDatabase, userId: string, interactionIds: readonly string[] | null): Promise<void> {
	const all = `DELETE FROM ${POSTGRES_SCHEMA}.settled WHERE user_id = $1`;
	const some = `${all} AND interaction_id IN (SELECT jsonb_array_elements_text($2::jsonb))`;
	await database.transaction(({ query }) => (interactionIds === null ? query(all, [userId]) : query(some, [userId, JSON.stringify(interactionIds)])));
}

/** The name under which the team sees a user; null takes it away. */
export async function setUserName(database: PostgresDatabase, userId: string, name: string | null): Promise<void> {
	const names = `${POSTGRES_SCHEMA}.names`;
	await database.transaction(({ query }) =>
		name === null
			? query(`DELETE FROM ${names} WHERE user_id = $1`, [userId])
			: query(`INSERT INTO ${names} VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET name = excluded.name`, [userId, cleanText(name)]),
	);
}
