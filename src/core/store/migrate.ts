import { CoordinatorError } from '#core/base/errors';
import type { SqliteDatabase } from './sqlite.ts';

/** SQL that leads from one schema version to the next; the first makes version 1 of an empty file. */
export type Migrations = readonly string[];

/**
 * Brings a database to the newest schema, in one transaction. A file of a newer schema is refused with `database-newer` and not touched.
 * `backup` is called before an existing file is changed.
 */
export function migrate(database: SqliteDatabase, migrations: Migrations, options: { readonly path: string; readonly backup: () => void }): void {
	const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
	if (version === migrations.length) return;
	refuseNewer(version, migrations, options.path);
	if (version > 0) options.backup();
	database.transaction(() => {
		// Another process may have migrated while this one waited for the lock.
		const current = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
		for (const migration of migrations.slice(current)) database.exec(migration);
		database.exec(`PRAGMA user_version = ${migrations.length}`);
	});
}

/** Throws `database-newer` for a schema that these migrations do not know. */
export function refuseNewer(version: number, migrations: Migrations, path: string): void {
	if (version <= migrations.length) return;
	throw new CoordinatorError('database-newer', `The database ${path} was written by a newer version (schema ${version}, this one knows ${migrations.length}).`, {
		details: { path, version, known: migrations.length },
	});
}
