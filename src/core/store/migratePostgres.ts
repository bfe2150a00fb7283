import { CoordinatorError } from '#core/base/errors';
import type { Migrations } from './migrate.ts';
import type { PostgresConnection, PostgresDatabase } from './postgres.ts';

/** Everything of ours is in one schema, so that a database can be shared with others. */
export const POSTGRES_SCHEMA = 'hybrid_coordinator';
/** Any number, but always this one: who changes the schema holds it. */
const LOCK = 7_218_034_511;
const MIGRATION_TIMEOUT_MS = 300_000;

/**
 * Brings one part of the database to its newest schema, in one transaction that one client at a time is in: others wait for it and find the
 * work done. A newer schema is refused with `database-newer` and not touched. `unauthorized` where the user may not change it.
 */
export async function migratePostgres(database: PostgresDatabase, part: string, migrations: Migrations): Promise<void> {
	const read = async (connection: PostgresConnection): Promise<number> => {
		const version = await versionOf(connection, part);
		if (version > migrations.length) {
			throw new CoordinatorError(
				'database-newer',
				`The database ${database.label} was set up by a newer version (schema ${version}, this one knows ${migrations.length}).`,
				{
					details: { path: database.label, version, known: migrations.length },
				},
			);
		}
		return version;
	};
	// Without the lock and without the right to change anything: most starts find the newest schema.
	if ((await database.transaction(read, { isReadOnly: true })) === migrations.length) return;
	await database.transaction(
		async (connection) => {
			await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
			const version = await read(connection);
			if (version === migrations.length) return;
			if (!(await hasVersions(connection))) {
				await connection.query(
					`CREATE SCHEMA IF NOT EXISTS ${POSTGRES_SCHEMA}; CREATE TABLE ${POSTGRES_SCHEMA}.schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)`,
				);
			}
			for (const migration of migrations.slice(version)) await connection.query(migration);
			await connection.query(`INSERT INTO ${POSTGRES_SCHEMA}.schema_versions VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET version = excluded.version`, [
				part,
				migrations.length,
			]);
		},
		{ statementTimeoutMs: MIGRATION_TIMEOUT_MS },
	);
}

async function versionOf(connection: PostgresConnection, part: string): Promise<number> {
	if (!(await hasVersions(connection))) return 0;
	const { rows } = await connection.query(`SELECT version FROM ${POSTGRES_SCHEMA}.schema_versions WHERE part = $1`, [part]);
	return Number(rows[0]?.version ?? 0);
}

async function hasVersions(connection: PostgresConnection): Promise<boolean> {
	const { rows } = await connection.query(`SELECT 1 AS there FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_versions'`, [POSTGRES_SCHEMA]);
	return rows.length > 0;
}
