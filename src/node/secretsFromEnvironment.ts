import type { SecretPort } from '#core/ports';
import { passwordName, readDatabaseUrl } from '#core/team/databaseUrl';

type Environment = Readonly<Record<string, string | undefined>>;

/** Keys for heads that have no secret store: `openai:http://host:1234` is read from `HYBRID_KEY_OPENAI_HTTP_HOST_1234`. */
export function secretsFromEnvironment(environment: Environment): SecretPort {
	return {
		get: async (name) =>
			environment[`HYBRID_KEY_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`] || (databasePassword(name, environment) ?? qdrantKey(name, environment)),
	};
}

/** `QDRANT_API_KEY` for the server that `QDRANT_URL` names, and for no other. */
export function qdrantKey(name: string, { QDRANT_URL: url = '', QDRANT_API_KEY: key }: Environment): string | null {
	return URL.canParse(url) && name === `qdrant:${new URL(url).origin}` ? key || null : null;
}

/** The password of a database: that of HYBRID_DATABASE_URL where it is of the same user and server, else HYBRID_DATABASE_PASSWORD. Null for any other secret. */
export function databasePassword(name: string, environment: Environment): string | null {
	if (!name.startsWith('postgres://')) return null;
	const place = readDatabaseUrl(environment.HYBRID_DATABASE_URL?.trim() ?? '');
	const own = place && passwordName(place) === name ? place.password : null;
	return own ?? (environment.HYBRID_DATABASE_PASSWORD || null);
}
