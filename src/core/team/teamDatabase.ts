import { PostgresLedger } from '#core/metrics/postgres/postgresLedger';
import { TEAM_METRICS_MIGRATIONS } from '#core/metrics/postgres/schema';
import { forgetSettled, recordSettled, setUserName } from '#core/metrics/postgres/settledRows';
import type { Settings } from '#core/settings';
import { migratePostgres } from '#core/store/migratePostgres';
import type { PostgresDatabase } from '#core/store/postgres';
import { PostgresOutcomeStore } from '#core/store/postgres/postgresOutcomeStore';
import { TEAM_OUTCOME_MIGRATIONS } from '#core/store/postgres/schema';
import type { OutboxEntry } from './outbox.ts';
import { teamCall } from './teamCall.ts';

/** Makes sure that the schema is there and the newest. Rejects as `migratePostgres`. */
export async function prepareTeamDatabase(database: PostgresDatabase): Promise<void> {
	await migratePostgres(database, 'metrics', TEAM_METRICS_MIGRATIONS);
	await migratePostgres(database, 'outcomes', TEAM_OUTCOME_MIGRATIONS);
}

/**
 * Writes entries of one kind, in order; what was written before changes nothing. Only here does a row get its user, and lose what the settings
 * do not let it carry, so that a stricter setting also holds for what has waited.
 */
export async function writeEntries(
	database: PostgresDatabase,
	userId: string,
	entries: readonly OutboxEntry[],
	settings: Pick<Settings['team'], 'shareWorkspaces'>,
): Promise<void> {
	const outcomes = new PostgresOutcomeStore(database, userId);
	const calls = entries.flatMap((entry) => (entry.kind === 'call' ? [entry.body] : []));
	const signals = entries.flatMap((entry) => (entry.kind === 'signal' ? [entry.body] : []));
	const settled = entries.flatMap((entry) => (entry.kind === 'settled' ? [entry.body] : []));
	if (calls.length > 0) await new PostgresLedger(database, userId).record(calls.map((call) => teamCall(call, settings)));
	if (signals.length > 0) await outcomes.addSignals(signals.map((signal) => ({ ...signal, subject: null })));
	if (settled.length > 0) await recordSettled(database, userId, settled);
	for (const entry of entries) {
		if (entry.kind === 'drawn') await outcomes.settle(entry.body, []);
		if (entry.kind === 'named') await setUserName(database, userId, entry.body.name);
		if (entry.kind !== 'forgotten') continue;
		const { interactionIds } = entry.body;
		await (interactionIds === null ? outcomes.forgetWorkspace(null) : outcomes.forget(interactionIds));
		await forgetSettled(database, userId, interactionIds);
	}
}
