import type { SecretPort } from '#core/ports';

/** Keys for heads that have no secret store: `openai:http://host:1234` is read from `HYBRID_KEY_OPENAI_HTTP_HOST_1234`. */
export function secretsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): SecretPort {
	return { get: async (name) => environment[`HYBRID_KEY_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`] ?? null };
}
