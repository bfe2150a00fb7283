import type { Ports } from '#core/ports';
import { migrate } from '#core/store/migrate';
import type { LocalLedger } from './ledger.ts';
import { METRICS_MIGRATIONS, QUESTIONS_VERSION } from './sqlite/schema.ts';
import { SqliteLedger } from './sqlite/sqliteLedger.ts';

/**
 * Opens the ledger of a data directory, `metrics.db`. A file of its own: `knowledge.db` has an owner that opens it, which with `sql.js` may be
 * only one; a row for every call would rewrite all that was learned there; and what was learned outlives what was spent.
 * A damaged ledger cannot be made again, so it is left alone: `database-corrupt`. Else rejects with `database-newer`, `database-locked`,
 * `database-readonly` or `disk-full`.
 */
export async function openLedger(options: { readonly ports: Pick<Ports, 'sqlite' | 'clock' | 'files'>; readonly dataDirectory: string }): Promise<LocalLedger> {
	const { ports, dataDirectory } = options;
	const path = ports.files.join(dataDirectory, 'metrics.db');
	const database = await ports.sqlite.open(path);
	try {
		const before = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
		migrate(database, METRICS_MIGRATIONS, { path, backup: () => database.copyTo(`${path}.backup-${ports.clock.nowMs()}`) });
		const ledger = new SqliteLedger(database);
		if (before > 0 && before < QUESTIONS_VERSION) ledger.makeQuestions();
		return ledger;
	} catch (error) {
		database.close();
		throw error;
	}
}
