import { CoordinatorError } from '#core/base/errors';
import type { Eraser } from '../eraser.ts';
import type { SqliteDatabase } from '../sqlite.ts';

const OF_INTERACTIONS = ['signals', 'contexts', 'credits', 'pending', 'extractions', 'file_rankings', 'ranking_judgements'] as const;

/** Over the database of what is learned, where nothing but points keeps a body alive. `removeCopies` removes backups of the file. */
export class EmbeddedEraser implements Eraser {
	readonly #database: SqliteDatabase;
	readonly #removeCopies: () => Promise<void>;

	constructor(database: SqliteDatabase, removeCopies: () => Promise<void>) {
		this.#database = database;
		this.#removeCopies = removeCopies;
		// Freed pages are overwritten: what was deleted is not to be found in the file either.
		database.exec('PRAGMA secure_delete = ON');
	}

	async noteDeleted(ids: readonly string[]): Promise<void> {
		this.#each('INSERT OR IGNORE INTO deleted_items VALUES (?)', ids);
	}

	async deletedAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
		const find = this.#database.prepare('SELECT 1 AS n FROM deleted_items WHERE id = ?');
		return new Set(ids.filter((id) => find.get(id)));
	}

	async forgetDeleted(ids: readonly string[] | null): Promise<void> {
		if (ids === null) this.#database.exec('DELETE FROM deleted_items');
		else this.#each('DELETE FROM deleted_items WHERE id = ?', ids);
	}

	async purge(): Promise<void> {
		this.#database.transaction(() => {
			this.#database.exec('DELETE FROM bodies WHERE row NOT IN (SELECT body FROM points)');
			this.#database.exec('DELETE FROM vectors WHERE content_hash NOT IN (SELECT content_hash FROM bodies)');
			// Another process may have drawn the consequences of an interaction while it was deleted here.
			for (const table of OF_INTERACTIONS) this.#database.exec(`DELETE FROM ${table} WHERE interaction_id NOT IN (SELECT id FROM points)`);
		});
		if (!this.#database.isShared) return;
		try {
			// Else the log beside the file would hold the text until it is used up.
			this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
		} catch (error) {
			// A reader is in the way: the log is emptied by a later checkpoint.
			if (!CoordinatorError.is(error, 'database-locked')) throw error;
		}
	}

	removeCopies(): Promise<void> {
		return this.#removeCopies();
	}

	#each(sql: string, ids: readonly string[]): void {
		this.#database.transaction(() => {
			const statement = this.#database.prepare(sql);
			for (const id of ids) statement.run(id);
		});
	}
}
