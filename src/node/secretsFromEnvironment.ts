import type { SecretPort } from '#core/ports';
import { passwordName, readDatabaseUrl } from '#core/team/databaseUrl';

type Environment = Readonly<Record<string, string | undefined>>;

/** Keys for heads that have no secret store: `openai:http://host:1234` is read from `HYBRID_KEY_OPENAI_HTTP_HOST_1234`. */
export function secretsFromEnvironment(environment: Environment): SecretPort {
	return {
		get: async (name) => environment[`HYBRID_KEY_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`] || databasePassword(name, environment),
	};
}

/** The password of a database: that of HYBRID_DATABASE_URL where it is of the same user and server, else HYBRID_DATABASE_PASSWORD. Null for any other secret. */
export function databasePassword(name: string, environment: Environment): string | null {
	if (!name.startsWith('postgres://')) return null;
	const place = readDatabaseUrl(environment.HYBRID_DATABASE_URL?.trim() ?? '');
	const own = place && passwordName(place) === name ? place.password : null;
	return own ?? (environment.HYBRID_DATABASE_PASSWORD || null);
}
