import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { ChatCompletionCreateParamsStreaming, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { checkedKey, errorOfConnection, isLoopback, serverName } from '#core/base/servers';
import type { ModelInfo } from '#core/domain/modelInfo';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from '../languageModel.ts';
import { usageOf } from './modelUsage.ts';
import { RequestGuard, type RequestLimits } from './requestGuard.ts';
import { errorOfGarbage, errorOfStatus } from './serverErrors.ts';
import { ToolCallPieces } from './toolCalls.ts';

type EndReason = Extract<ModelPart, { type: 'end' }>['reason'];
const END_REASONS: Readonly<Record<string, EndReason>> = { stop: 'stop', tool_calls: 'stop', function_call: 'stop', length: 'length', content_filter: 'filter' };

/** A model of any server that speaks OpenAI's chat completions: LM Studio, llama.cpp, Lemonade, vLLM, and paid ones. */
export function createOpenaiLanguageModel(options: {
	/** Base URL, ending where `/chat/completions` begins. */
	readonly url: string;
	readonly name: string;
	readonly contextTokens: number | null;
	readonly info: ModelInfo;
	readonly fetch: typeof fetch;
	readonly apiKey: () => Promise<string | null>;
	readonly limits: () => RequestLimits;
}): LanguageModel {
	const { url, name, contextTokens, info } = options;
	const server = serverName(url);
	return {
		id: `openai:${server}/${name}`,
		label: `${name} (${server})`,
		destination: isLoopback(url) ? 'this machine' : server,
		isRemote: !isLoopback(url),
		contextTokens,
		info,
		stream,
	};

	function toBody(messages: readonly ModelMessage[], { maxOutputTokens, jsonSchema, tools = [] }: ModelRequestOptions): ChatCompletionCreateParamsStreaming {
		// OpenAI's own newer models refuse the older name, which all other servers know.
		const limit = new URL(url).hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens';
		return {
			model: name,
			messages: messages.map(toMessage),
			stream: true,
			stream_options: { include_usage: true },
			...(maxOutputTokens ? { [limit]: maxOutputTokens } : {}),
			...(jsonSchema ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { ...jsonSchema }, strict: true } } } : {}),
			...(tools.length > 0
				? { tools: tools.map(({ name, description, inputSchema }) => ({ type: 'function', function: { name, description, parameters: { ...inputSchema } } })) }
				: {}),
		};
	}

	async function* stream(messages: readonly ModelMessage[], request: ModelRequestOptions): AsyncGenerator<ModelPart> {
		const guard = new RequestGuard(server, options.limits(), request.signal);
		const calls = new ToolCallPieces();
		let answer = '';
		let reason: EndReason | undefined;
		let counted: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null | undefined;
		try {
			// The library insists on a key; servers without one ignore the header. What it would take from the environment is set here.
			const client = new OpenAI({
				baseURL: url,
				apiKey: checkedKey(server, await options.apiKey()) ?? 'none',
				organization: null,
				project: null,
				fetch: guard.fetch(options.fetch),
				maxRetries: 0,
				logLevel: 'off',
			});
			const chunks = await client.chat.completions.create(toBody(messages, request));
			for await (const chunk of guard.watch(chunks)) {
				const choice = chunk.choices?.[0];
				const text = choice?.delta?.content;
				if (text) {
					answer += text;
					yield { type: 'delta', text };
				}
				for (const { index, id, function: piece } of choice?.delta?.tool_calls ?? []) calls.add(index ?? 0, { id, name: piece?.name, json: piece?.arguments });
				if (choice?.finish_reason) reason = END_REASONS[choice.finish_reason] ?? 'other';
				if (chunk.usage) counted = chunk.usage;
			}
			if (reason === undefined) throw errorOfGarbage(server, 'ended its answer half-way.');
			if (request.tools?.length) for (const call of calls.finish(server)) yield { type: 'tool-call', call };
			const usage = await usageOf({ inputTokens: counted?.prompt_tokens, outputTokens: counted?.completion_tokens }, messages, answer + calls.text);
			yield { type: 'end', reason, usage };
		} catch (error) {
			throw guard.translate(error, (cause) => {
				if (cause instanceof SyntaxError) return errorOfGarbage(server, 'sent what is no answer.', cause);
				if (!(cause instanceof APIError) || cause instanceof APIConnectionError) return errorOfConnection(server, cause);
				// An error event in the middle of a stream has no status.
				return errorOfStatus(server, typeof cause.status === 'number' ? cause.status : 500, cause.message, cause, guard.retryAfter);
			});
		} finally {
			guard.dispose();
		}
	}
}

function toMessage({ role, text, toolCalls, toolCallId }: ModelMessage): ChatCompletionMessageParam {
	if (role === 'tool') return { role, content: text, tool_call_id: toolCallId ?? '' };
	if (role !== 'assistant' || !toolCalls) return { role, content: text };
	return {
		role,
		content: text || null,
		tool_calls: toolCalls.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(input) } })),
	};
}
