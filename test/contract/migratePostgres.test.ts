import { afterAll, expect, test } from 'vitest';
import { migratePostgres } from '#core/store/migratePostgres';
import type { PostgresPlace } from '#core/store/postgres';
import { createPostgresEngine } from '#node/postgres/postgresEngine';
import { startPostgres } from '../support/postgres/postgresServer.ts';

const started = await startPostgres();
if ('reason' in started) test.skip(`the schema in PostgreSQL (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());
	const open = (place: PostgresPlace, password = started.password) => createPostgresEngine().open(place, async () => password);
	const FIRST = 'CREATE TABLE hybrid_coordinator.things (id TEXT PRIMARY KEY)';
	const SECOND = "INSERT INTO hybrid_coordinator.things VALUES ('once')";

	test('ten coordinators that start at once make one schema, once', async () => {
		const place = await started.createDatabase();
		const databases = Array.from({ length: 10 }, () => open(place));
		await Promise.all(databases.map((database) => migratePostgres(database, 'things', [FIRST, SECOND])));
		expect(await started.query(place.database, 'SELECT * FROM hybrid_coordinator.things')).toEqual([{ id: 'once' }]);
		expect(await started.query(place.database, 'SELECT * FROM hybrid_coordinator.schema_versions')).toEqual([{ part: 'things', version: 2 }]);
		await Promise.all(databases.map((database) => database.close()));
	});

	test('goes on from an older version, and part by part', async () => {
		const place = await started.createDatabase();
		const database = open(place);
		await migratePostgres(database, 'things', [FIRST]);
		await migratePostgres(database, 'others', ['CREATE TABLE hybrid_coordinator.others (id TEXT)']);
		await migratePostgres(database, 'things', [FIRST, SECOND]);
		expect(await started.query(place.database, 'SELECT * FROM hybrid_coordinator.things')).toEqual([{ id: 'once' }]);
		await database.close();
	});

	test('refuses a newer schema and leaves it as it is; a migration that fails leaves nothing', async () => {
		const place = await started.createDatabase();
		const database = open(place);
		await expect(migratePostgres(database, 'things', [FIRST, 'CREATE NONSENSE'])).rejects.toMatchObject({ code: 'server-error' });
		expect(await started.query(place.database, "SELECT * FROM pg_namespace WHERE nspname = 'hybrid_coordinator'")).toEqual([]);
		await migratePostgres(database, 'things', [FIRST, SECOND]);
		await started.query(place.database, 'UPDATE hybrid_coordinator.schema_versions SET version = 9');
		await expect(migratePostgres(database, 'things', [FIRST, SECOND])).rejects.toMatchObject({ code: 'database-newer', details: { version: 9, known: 2 } });
		expect(await started.query(place.database, 'SELECT version FROM hybrid_coordinator.schema_versions')).toEqual([{ version: 9 }]);
		await database.close();
	});

	test('who may only read and insert uses the newest schema, and is told where it is none', async () => {
		const place = await started.createDatabase();
		const [owner, member] = [open(place), open({ ...place, user: 'member' }, 'm')];
		await started.query(place.database, "CREATE ROLE member LOGIN PASSWORD 'm'");
		await expect(migratePostgres(member, 'things', [FIRST])).rejects.toMatchObject({ code: 'unauthorized' });
		await migratePostgres(owner, 'things', [FIRST]);
		await started.query(place.database, 'GRANT USAGE ON SCHEMA hybrid_coordinator TO member; GRANT SELECT ON hybrid_coordinator.schema_versions TO member');
		await migratePostgres(member, 'things', [FIRST]);
		await Promise.all([owner.close(), member.close()]);
	});
}
