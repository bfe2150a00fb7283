import type { SecretPort } from '#core/ports';

/**
 * Keys for heads that have no secret store: `openai:http://host:1234` is read from `HYBRID_KEY_OPENAI_HTTP_HOST_1234`. `QDRANT_API_KEY` is the key of
 * the server that `QDRANT_URL` names, and of no other.
 */
export function secretsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): SecretPort {
	const url = environment.QDRANT_URL ?? '';
	const qdrant = URL.canParse(url) ? `qdrant:${new URL(url).origin}` : null;
	return {
		get: async (name) => environment[`HYBRID_KEY_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`] ?? (name === qdrant ? environment.QDRANT_API_KEY : null) ?? null,
	};
}
