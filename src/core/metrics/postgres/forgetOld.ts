import { POSTGRES_SCHEMA } from '#core/store/migratePostgres';
import type { PostgresDatabase } from '#core/store/postgres';

/** Any number, but always this one: who removes old rows holds it. */
const LOCK = 7_218_034_512;
/** Rows that one transaction removes: few enough that nobody waits. */
const BATCH = 5_000;

/**
 * Removes what is older than the database's owner keeps (`policy.retention_days`), by the clock of the server, for a client's may be wrong. Of
 * clients that are at it together one does the work. Returns how many rows are gone.
 */
export async function forgetOldRows(database: PostgresDatabase): Promise<number> {
	let removed = 0;
	for (const table of ['calls', 'settled', 'signals']) {
		for (;;) {
			const { changes, isDone } = await database.transaction(async ({ query }) => {
				const { rows } = await query('SELECT pg_try_advisory_xact_lock($1) AS mine', [LOCK]);
				if (rows[0]?.mine !== true) return { changes: 0, isDone: true };
				const cutoff = `(SELECT (extract(epoch FROM now()) - retention_days * 86400.0) * 1000 FROM ${POSTGRES_SCHEMA}.policy)`;
				const old = `SELECT ctid FROM ${POSTGRES_SCHEMA}.${table} WHERE time_ms < ${cutoff} LIMIT ${BATCH}`;
				const done = await query(`DELETE FROM ${POSTGRES_SCHEMA}.${table} WHERE ctid = ANY (ARRAY(${old}))`);
				return { changes: done.changes, isDone: done.changes < BATCH };
			});
			removed += changes;
			if (isDone) break;
		}
	}
	return removed;
}
