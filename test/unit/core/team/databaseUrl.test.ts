import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '#core/settings';
import { settingsFromWire } from '#core/settingsFromWire';
import { databasePlace, passwordName, readDatabaseUrl } from '#core/team/databaseUrl';
import { databasePassword, secretsFromEnvironment } from '#node/secretsFromEnvironment';
import { settingsFromEnvironment } from '#node/settingsFromEnvironment';
import { databaseSecret } from '../../../../src/extension/teamDatabase.ts';

test.each([
	['postgres://ada@db.example:6432/team', { host: 'db.example', port: 6432, database: 'team', user: 'ada', password: null }],
	['postgresql://a%40b:p%3Aw@[::1]/my%20team', { host: '::1', port: 5432, database: 'my team', user: 'a@b', password: 'p:w' }],
])('the address %s is read into its parts', (text, parts) => {
	expect(readDatabaseUrl(text)).toEqual(parts);
});

test.each([
	'',
	'http://a@b/c',
	'postgres://b/c',
	'postgres://a@b',
	'postgres://a@b/',
	'postgres://a@b/c/d',
	'postgres://a@b/c?host=evil',
	'postgres://a%zz@b/c',
	'postgres:///c',
])('“%s” is no address of a database', (text) => {
	expect(readDatabaseUrl(text)).toBeNull();
});

test('a setting with a password is refused, by its name alone', () => {
	const { settings, refused } = settingsFromWire({ team: { databaseUrl: 'postgres://a:secret@b/c', tls: 'perhaps', userName: ' Ada ' } });
	expect(settings.team).toEqual({ ...DEFAULT_SETTINGS.team, userName: 'Ada' });
	expect(refused).toEqual(['team.databaseUrl', 'team.tls']);
});

test('the environment may hold a password, which becomes a secret of that user and server', async () => {
	const environment = { HYBRID_DATABASE_URL: 'postgres://ada:s%20ecret@db.example/team', HYBRID_DATABASE_TLS: 'encrypt', HYBRID_TEAM_NAME: 'Ada' };
	const { settings, refused } = settingsFromWire(settingsFromEnvironment(environment));
	expect([settings.team, refused]).toEqual([{ ...DEFAULT_SETTINGS.team, databaseUrl: 'postgres://ada@db.example/team', tls: 'encrypt', userName: 'Ada' }, []]);
	const place = databasePlace(settings.team);
	if (!place) throw new Error('There is a place.');
	const secrets = secretsFromEnvironment(environment);
	expect(await secrets.get(passwordName(place))).toBe('s ecret');
	expect(await secrets.get(passwordName({ ...place, host: 'other.example' }))).toBeNull();
	expect(await secrets.get('openai:http://db.example')).toBeNull();
	expect(databasePassword(passwordName(place), { HYBRID_DATABASE_PASSWORD: 'p' })).toBe('p');
});

test('a database of this machine is reached in the clear, and any other with its certificate verified, where nothing else is said', () => {
	const tls = (databaseUrl: string, more: Partial<typeof DEFAULT_SETTINGS.team> = {}) => databasePlace({ ...DEFAULT_SETTINGS.team, databaseUrl, ...more })?.tls;
	expect([tls('postgres://a@localhost/b'), tls('postgres://a@127.0.0.1/b'), tls('postgres://a@[::1]/b')]).toEqual(['off', 'off', 'off']);
	expect([tls('postgres://a@db/b'), tls('postgres://a@127.0.0.1.example/b'), tls('postgres://a@localhost/b', { tls: 'verify' })]).toEqual(['verify', 'verify', 'verify']);
	expect(databasePlace(DEFAULT_SETTINGS.team)).toBeNull();
});

test.each(['postgres://ada@db.example:6432/team', 'postgresql://a%40b@[::1]/t'])('the extension keeps the password of %s where the coordinator looks for it', (url) => {
	const parts = readDatabaseUrl(url);
	expect(databaseSecret(url)).toBe(parts && passwordName(parts));
	expect(databaseSecret('http://a@b')).toBeNull();
});
