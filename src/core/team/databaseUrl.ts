import type { Settings } from '#core/settings';
import type { PostgresPlace } from '#core/store/postgres';

const DEFAULT_PORT = 5432;

/** The parts of `postgres://user:password@host:port/database`; null for anything else, and where one but password or port is missing. */
export function readDatabaseUrl(text: string): (Pick<PostgresPlace, 'host' | 'port' | 'database' | 'user'> & { readonly password: string | null }) | null {
	if (!/^postgres(?:ql)?:\/\//.test(text) || !URL.canParse(text)) return null;
	const { hostname, port, pathname, username, password, search, hash } = new URL(text);
	try {
		const [host, database, user] = [hostname.replace(/^\[|\]$/g, ''), decodeURIComponent(pathname.slice(1)), decodeURIComponent(username)];
		if (host === '' || database === '' || database.includes('/') || user === '' || search !== '' || hash !== '') return null;
		return {
			host: decodeURIComponent(host),
			port: port === '' ? DEFAULT_PORT : Number(port),
			database,
			user,
			password: password === '' ? null : decodeURIComponent(password),
		};
	} catch {
		// A percent sign that begins no character.
		return null;
	}
}

/** Where the team's database is; null where none is set. */
export function databasePlace({ databaseUrl, tls, certificateFile }: Settings['team']): PostgresPlace | null {
	const parts = databaseUrl === null ? null : readDatabaseUrl(databaseUrl);
	if (!parts) return null;
	const { host, port, database, user } = parts;
	return { host, port, database, user, certificateFile, tls: tls === 'auto' ? (isThisMachine(host) ? 'off' : 'verify') : tls };
}

/** The name of a password in secret storage: it belongs to one user of one server. */
export function passwordName({ user, host, port }: Pick<PostgresPlace, 'user' | 'host' | 'port'>): string {
	return `postgres://${user}@${host}:${port}`;
}

function isThisMachine(host: string): boolean {
	return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
