import { z } from 'zod';
import type { DiscoveredServer } from '#core/domain/requests';

/** How long a port of this machine may take to answer before it counts as silent. */
const ANSWER_LIMIT_MS = 800;

/** Usual ports. An OpenAI-compatible server on any of them is listed under what `/v1/models` says. */
const PLACES: readonly { readonly kind: DiscoveredServer['kind']; readonly port: number; readonly name: string }[] = [
	{ kind: 'ollama', port: 11434, name: 'Ollama' },
	{ kind: 'openai', port: 1234, name: 'LM Studio' },
	{ kind: 'openai', port: 8080, name: 'llama.cpp' },
	{ kind: 'openai', port: 13305, name: 'Lemonade' },
	{ kind: 'openai', port: 8000, name: 'Lemonade or vLLM' },
	{ kind: 'openai', port: 1337, name: 'Jan' },
];

const ollamaTags = z.object({ models: z.array(z.object({ name: z.string() })) });
const openaiModels = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Asks the usual ports of this machine, all at once; silence and foreign answers are left out. Nothing is asked of other hosts. */
export async function discoverServers(fetchPort: typeof fetch, signal?: AbortSignal): Promise<readonly DiscoveredServer[]> {
	const answers = await Promise.all(
		PLACES.map(async ({ kind, port, name }): Promise<DiscoveredServer | null> => {
			const origin = `http://127.0.0.1:${port}`;
			const url = kind === 'ollama' ? origin : `${origin}/v1`;
			const models = await listModels({ kind, url, fetch: fetchPort, signal }).catch(() => null);
			return models && { kind, url, name, models };
		}),
	);
	return answers.filter((answer) => answer !== null);
}

/** Names of the models a server has. Rejects when it does not answer within 0.8 s, or with something else. */
export async function listModels(options: {
	readonly kind: DiscoveredServer['kind'];
	readonly url: string;
	readonly fetch: typeof fetch;
	readonly apiKey?: string | null;
	readonly signal?: AbortSignal | undefined;
	readonly timeoutMs?: number;
}): Promise<readonly string[]> {
	const timeout = AbortSignal.timeout(options.timeoutMs ?? ANSWER_LIMIT_MS);
	const response = await options.fetch(`${options.url}${options.kind === 'ollama' ? '/api/tags' : '/models'}`, {
		signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
		redirect: 'error',
		headers: options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {},
	});
	const body: unknown = await response.json();
	return options.kind === 'ollama' ? ollamaTags.parse(body).models.map(({ name }) => name) : openaiModels.parse(body).data.map(({ id }) => id);
}
