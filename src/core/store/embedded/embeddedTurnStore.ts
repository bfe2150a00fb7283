import type { Turn, TurnStore } from '#core/domain/turn';
import type { Migrations } from '../migrate.ts';
import type { SqliteDatabase } from '../sqlite.ts';

export const TURN_MIGRATIONS: Migrations = [
	`CREATE TABLE turns (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  place TEXT NOT NULL,
  owner TEXT NOT NULL,
  time_ms INTEGER NOT NULL
);
CREATE INDEX turns_place ON turns(place, number);`,
];

/** Queues in SQLite. The database is migrated already, and closed with the store. */
export class EmbeddedTurnStore implements TurnStore {
	readonly #database: SqliteDatabase;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	enter(place: string, owner: string, timeMs: number): number {
		return this.#database.prepare('INSERT INTO turns (place, owner, time_ms) VALUES (?, ?, ?)').run(place, owner, Math.round(timeMs)).lastInsertRowid;
	}

	turns(place: string): readonly Turn[] {
		const rows = this.#database.prepare('SELECT number, owner, time_ms FROM turns WHERE place = ? ORDER BY number').all(place);
		return rows.map(({ number, owner, time_ms }) => ({ number: Number(number), owner: String(owner), timeMs: Number(time_ms) }));
	}

	leave(numbers: readonly number[]): void {
		const remove = this.#database.prepare('DELETE FROM turns WHERE number = ?');
		this.#database.transaction(() => {
			for (const number of numbers) remove.run(number);
		});
	}

	close(): void {
		this.#database.close();
	}
}
