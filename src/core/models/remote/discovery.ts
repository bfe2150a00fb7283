import type { DiscoveredServer } from '#core/domain/requests';
import { listModels } from './listModels.ts';

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

/** Asks the usual ports of this machine, all at once; silence and foreign answers are left out. Nothing is asked of other hosts. */
export async function discoverServers(fetchPort: typeof fetch, ollamaContextTokens: number, signal?: AbortSignal): Promise<readonly DiscoveredServer[]> {
	const answers = await Promise.all(
		PLACES.map(async ({ kind, port, name }): Promise<DiscoveredServer | null> => {
			const origin = `http://127.0.0.1:${port}`;
			const url = kind === 'ollama' ? origin : `${origin}/v1`;
			const models = await listModels({ kind, url, fetch: fetchPort, signal, timeoutMs: ANSWER_LIMIT_MS, ollamaContextTokens }).catch(() => null);
			return models && { kind, url, name, models: models.map((model) => model.name) };
		}),
	);
	return answers.filter((answer) => answer !== null);
}
