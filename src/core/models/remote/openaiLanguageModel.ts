import OpenAI, { APIConnectionError, APIError } from 'openai';
import { CoordinatorError } from '#core/base/errors';
import { estimateTokens } from '#core/domain/tokenCount';
import type { LanguageModel, ModelMessage, ModelPart, ModelUsage } from '../languageModel.ts';
import { RequestGuard, type RequestLimits } from './requestGuard.ts';
import { errorOfConnection, errorOfStatus, isLoopback, serverName } from './serverErrors.ts';

type EndReason = Extract<ModelPart, { type: 'end' }>['reason'];
const END_REASONS: Readonly<Record<string, EndReason>> = { stop: 'stop', length: 'length', content_filter: 'filter' };

/** A model of any server that speaks OpenAI's chat completions: LM Studio, llama.cpp, Lemonade, vLLM, and paid ones. */
export function createOpenaiLanguageModel(options: {
	/** Base URL, ending where `/chat/completions` begins. */
	readonly url: string;
	readonly name: string;
	readonly contextTokens: number | null;
	readonly fetch: typeof fetch;
	readonly apiKey: () => Promise<string | null>;
	readonly limits: () => RequestLimits;
}): LanguageModel {
	const { url, name, contextTokens } = options;
	const server = serverName(url);
	return {
		id: `openai:${server}/${name}`,
		label: `${name} (${server})`,
		destination: isLoopback(url) ? 'this machine' : server,
		isRemote: !isLoopback(url),
		contextTokens,
		stream: (messages, { maxOutputTokens, signal }) => stream(messages, maxOutputTokens, signal),
	};

	async function* stream(messages: readonly ModelMessage[], maxOutputTokens: number | undefined, signal: AbortSignal | undefined): AsyncGenerator<ModelPart> {
		const guard = new RequestGuard(server, options.limits(), signal);
		let answer = '';
		let reason: EndReason | undefined;
		let usage: ModelUsage | undefined;
		try {
			// The library insists on a key; servers without one ignore the header.
			const client = new OpenAI({ baseURL: url, apiKey: (await options.apiKey()) ?? 'none', fetch: guard.fetch(options.fetch), maxRetries: 0 });
			const chunks = await client.chat.completions.create({
				model: name,
				messages: messages.map(({ role, text }) => ({ role, content: text })),
				stream: true,
				stream_options: { include_usage: true },
				...(maxOutputTokens ? { max_tokens: maxOutputTokens } : {}),
			});
			for await (const chunk of chunks) {
				guard.gotFirst();
				const choice = chunk.choices[0];
				const text = choice?.delta?.content;
				if (text) {
					answer += text;
					yield { type: 'delta', text };
				}
				if (choice?.finish_reason) reason = END_REASONS[choice.finish_reason] ?? 'other';
				if (chunk.usage) usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens, isEstimate: false };
			}
			if (reason === undefined) throw new CoordinatorError('server-error', `${server} ended its answer half-way.`, { isRetryable: true, details: { server } });
			usage ??= {
				inputTokens: await estimateTokens(messages.map(({ text }) => text).join('\n')),
				outputTokens: await estimateTokens(answer),
				isEstimate: true,
			};
			yield { type: 'end', reason, usage };
		} catch (error) {
			throw guard.translate(error, (cause) => {
				if (!(cause instanceof APIError) || cause instanceof APIConnectionError) return errorOfConnection(server, cause);
				// An error event in the middle of a stream has no status.
				return errorOfStatus(server, typeof cause.status === 'number' ? cause.status : 500, cause.message, cause, guard.retryAfter);
			});
		} finally {
			guard.dispose();
		}
	}
}
