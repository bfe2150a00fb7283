import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The signals that the coordinator of a host has kept, oldest first, as `kind value`. */
export function keptSignals(host) {
	const file = host.at('hybrid', 'knowledge.db');
	if (!existsSync(file)) return [];
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		return database
			.prepare('SELECT kind, value FROM signals ORDER BY time_ms')
			.all()
			.map(({ kind, value }) => `${kind} ${value}`);
	} finally {
		database.close();
	}
}
