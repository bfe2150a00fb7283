import { Ollama } from 'ollama';
import { estimateTokens } from '#core/domain/tokenCount';
import type { LanguageModel, ModelMessage, ModelPart } from '../languageModel.ts';
import { RequestGuard, type RequestLimits } from './requestGuard.ts';
import { errorOfConnection, errorOfStatus, isLoopback, serverName } from './serverErrors.ts';

/** A model of an Ollama server, over its own API. */
export function createOllamaLanguageModel(options: {
	readonly url: string;
	readonly name: string;
	readonly contextTokens: number | null;
	readonly fetch: typeof fetch;
	readonly limits: () => RequestLimits;
}): LanguageModel {
	const { url, name, contextTokens } = options;
	const server = serverName(url);
	return {
		id: `ollama:${server}/${name}`,
		label: `${name} (Ollama)`,
		destination: isLoopback(url) ? 'this machine' : server,
		isRemote: !isLoopback(url),
		contextTokens,
		stream: (messages, { maxOutputTokens, signal }) => stream(messages, maxOutputTokens, signal),
	};

	async function* stream(messages: readonly ModelMessage[], maxOutputTokens: number | undefined, signal: AbortSignal | undefined): AsyncGenerator<ModelPart> {
		const guard = new RequestGuard(`Ollama at ${server}`, options.limits(), signal);
		let answer = '';
		try {
			const client = new Ollama({ host: url, fetch: guard.fetch(options.fetch) });
			const parts = await client.chat({
				model: name,
				messages: messages.map(({ role, text }) => ({ role, content: text })),
				stream: true,
				options: { ...(maxOutputTokens ? { num_predict: maxOutputTokens } : {}), ...(contextTokens ? { num_ctx: contextTokens } : {}) },
			});
			for await (const part of parts) {
				guard.gotFirst();
				if (part.message.content) {
					answer += part.message.content;
					yield { type: 'delta', text: part.message.content };
				}
				if (!part.done) continue;
				const isCounted = part.eval_count !== undefined && part.prompt_eval_count !== undefined;
				yield {
					type: 'end',
					reason: part.done_reason === 'length' ? 'length' : 'stop',
					usage: {
						inputTokens: part.prompt_eval_count ?? (await estimateTokens(messages.map(({ text }) => text).join('\n'))),
						outputTokens: part.eval_count ?? (await estimateTokens(answer)),
						isEstimate: !isCounted,
					},
				};
			}
		} catch (error) {
			throw guard.translate(error, (cause) => {
				const status = cause instanceof Error && 'status_code' in cause ? Number(cause.status_code) : Number.NaN;
				return Number.isNaN(status)
					? errorOfConnection(`Ollama at ${server}`, cause)
					: errorOfStatus(`Ollama at ${server}`, status, cause instanceof Error ? cause.message : '', cause, guard.retryAfter);
			});
		} finally {
			guard.dispose();
		}
	}
}
