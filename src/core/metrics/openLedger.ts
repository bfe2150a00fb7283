import type { Ports } from '#core/ports';
import { migrate } from '#core/store/migrate';
import type { Ledger } from './ledger.ts';
import { METRICS_MIGRATIONS } from './sqlite/schema.ts';
import { SqliteLedger } from './sqlite/sqliteLedger.ts';

/**
 * Opens the ledger of a data directory, `metrics.db`. A file of its own: `knowledge.db` has an owner that opens it, which with `sql.js` may be
 * only one; a row for every call would rewrite all that was learned there; and what was learned outlives what was spent.
 * A damaged ledger cannot be made again, so it is left alone: `database-corrupt`. Else rejects with `database-newer`, `database-locked`,
 * `database-readonly` or `disk-full`.
 */
export async function openLedger(options: { readonly ports: Pick<Ports, 'sqlite' | 'clock' | 'files'>; readonly dataDirectory: string }): Promise<Ledger> {
	const { ports, dataDirectory } = options;
	const path = ports.files.join(dataDirectory, 'metrics.db');
	const database = await ports.sqlite.open(path);
	try {
		migrate(database, METRICS_MIGRATIONS, { path, backup: () => database.copyTo(`${path}.backup-${ports.clock.nowMs()}`) });
		return new SqliteLedger(database);
	} catch (error) {
		database.close();
		throw error;
	}
}
