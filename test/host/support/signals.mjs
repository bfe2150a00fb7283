import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The signals that the coordinator of a host has kept, oldest first, as `kind value`. */
export const keptSignals = (host) => readSignals(host).map(({ kind, value }) => `${kind} ${value}`);

/** Their ids, which say at what moment one was heard. */
export const keptSignalIds = (host) => readSignals(host).map(({ id }) => id);

function readSignals(host) {
	const file = host.at('hybrid', 'knowledge.db');
	if (!existsSync(file)) return [];
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		return database.prepare('SELECT id, kind, value FROM signals ORDER BY time_ms').all();
	} finally {
		database.close();
	}
}
