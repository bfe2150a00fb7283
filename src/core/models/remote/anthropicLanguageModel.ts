import Anthropic, { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import { CoordinatorError } from '#core/base/errors';
import { checkedKey, errorOfConnection, isLoopback, serverName } from '#core/base/servers';
import type { ModelInfo } from '#core/domain/modelInfo';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from '../languageModel.ts';
import { usageOf } from './modelUsage.ts';
import { RequestGuard, type RequestLimits } from './requestGuard.ts';
import { errorOfGarbage, errorOfStatus } from './serverErrors.ts';
import { ToolCallPieces } from './toolCalls.ts';

type EndReason = Extract<ModelPart, { type: 'end' }>['reason'];
const END_REASONS: Readonly<Record<string, EndReason>> = {
	end_turn: 'stop',
	stop_sequence: 'stop',
	tool_use: 'stop',
	max_tokens: 'length',
	model_context_window_exceeded: 'length',
	refusal: 'filter',
};
/** The API insists on a limit; answers of a chat stay far under it, and every current model allows it. */
const DEFAULT_MAX_OUTPUT_TOKENS = 8_192;

/** A model of Anthropic's Messages API, or of a server that speaks it. */
export function createAnthropicLanguageModel(options: {
	/** Base URL, ending where `/v1/messages` begins. */
	readonly url: string;
	readonly name: string;
	readonly label: string;
	readonly contextTokens: number | null;
	/** Most tokens of an answer, where the provider says. */
	readonly maxOutputTokens: number | null;
	readonly info: ModelInfo;
	readonly fetch: typeof fetch;
	readonly apiKey: () => Promise<string | null>;
	readonly limits: () => RequestLimits;
}): LanguageModel {
	const { url, name, label, contextTokens, info } = options;
	const server = serverName(url);
	return {
		id: `anthropic:${server}/${name}`,
		label: `${label} (${server})`,
		destination: isLoopback(url) ? 'this machine' : server,
		isRemote: !isLoopback(url),
		contextTokens,
		info,
		stream,
	};

	function toBody(messages: readonly ModelMessage[], { maxOutputTokens, jsonSchema, tools = [] }: ModelRequestOptions): MessageCreateParamsStreaming {
		const limit = maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS;
		const system = messages.filter(({ role }) => role === 'system').map(({ text }) => text);
		return {
			model: name,
			max_tokens: Math.min(limit, options.maxOutputTokens ?? limit),
			messages: toTurns(messages),
			stream: true,
			...(system.length > 0 ? { system: system.join('\n\n') } : {}),
			...(jsonSchema ? { output_config: { format: { type: 'json_schema', schema: { ...jsonSchema } } } } : {}),
			...(tools.length > 0
				? { tools: tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: { ...inputSchema, type: 'object' as const } })) }
				: {}),
		};
	}

	async function* stream(messages: readonly ModelMessage[], request: ModelRequestOptions): AsyncGenerator<ModelPart> {
		const guard = new RequestGuard(server, options.limits(), request.signal);
		const calls = new ToolCallPieces();
		let answer = '';
		let reason: EndReason | undefined;
		let hasEnded = false;
		let inputTokens: number | undefined;
		let outputTokens: number | undefined;
		try {
			const apiKey = checkedKey(server, await options.apiKey());
			// Without a key the library would look for one in the environment and in files of the user's.
			if (apiKey === null) throw new CoordinatorError('unauthorized', `There is no key for ${server}.`, { details: { server } });
			const client = new Anthropic({
				baseURL: url,
				apiKey,
				authToken: null,
				webhookKey: null,
				fetch: guard.fetch(options.fetch),
				maxRetries: 0,
				logLevel: 'off',
			});
			for await (const event of guard.watch(await client.messages.create(toBody(messages, request)))) {
				if (event.type === 'message_start') {
					// Tokens that were read from or written to the provider's cache were sent as well.
					const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = event.message.usage;
					inputTokens = input_tokens + (cache_creation_input_tokens ?? 0) + (cache_read_input_tokens ?? 0);
					outputTokens = output_tokens;
				} else if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
					calls.add(event.index, { id: event.content_block.id, name: event.content_block.name });
				} else if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta') {
					calls.add(event.index, { json: event.delta.partial_json });
				} else if (event.type === 'content_block_delta' && event.delta.type === 'text_delta' && event.delta.text !== '') {
					answer += event.delta.text;
					yield { type: 'delta', text: event.delta.text };
				} else if (event.type === 'message_delta') {
					if (event.delta.stop_reason) reason = END_REASONS[event.delta.stop_reason] ?? 'other';
					outputTokens = event.usage?.output_tokens ?? outputTokens;
				} else if (event.type === 'message_stop') hasEnded = true;
			}
			if (reason === undefined || !hasEnded) throw errorOfGarbage(server, 'ended its answer half-way.');
			if (request.tools?.length) for (const call of calls.finish(server)) yield { type: 'tool-call', call };
			yield { type: 'end', reason, usage: await usageOf({ inputTokens, outputTokens }, messages, answer + calls.text) };
		} catch (error) {
			throw guard.translate(error, (cause) => {
				if (cause instanceof SyntaxError) return errorOfGarbage(server, 'sent what is no answer.', cause);
				if (!(cause instanceof APIError) || cause instanceof APIConnectionError) return errorOfConnection(server, cause);
				return errorOfStatus(server, typeof cause.status === 'number' ? cause.status : statusOfEvent(cause.message), cause.message, cause, guard.retryAfter);
			});
		} finally {
			guard.dispose();
		}
	}
}

/** An error event in the middle of a stream has a type instead of a status. */
function statusOfEvent(message: string): number {
	if (message.includes('rate_limit_error')) return 429;
	if (message.includes('authentication_error') || message.includes('permission_error')) return 401;
	return message.includes('invalid_request_error') ? 400 : 500;
}

/** Turns of user and assistant. Results of tools are blocks of the user's next turn, all of one answer in the same. */
function toTurns(messages: readonly ModelMessage[]): MessageParam[] {
	const turns: MessageParam[] = [];
	for (const { role, text, toolCalls = [], toolCallId } of messages) {
		if (role === 'system') continue;
		const content =
			role === 'tool'
				? [{ type: 'tool_result' as const, tool_use_id: toolCallId ?? '', content: text }]
				: [
						...(text === '' ? [] : [{ type: 'text' as const, text }]),
						...toolCalls.map(({ id, name, input }) => ({ type: 'tool_use' as const, id, name, input: { ...input } })),
					];
		if (content.length === 0) continue;
		const turn = role === 'assistant' ? 'assistant' : 'user';
		const last = turns.at(-1);
		if (last?.role === turn && Array.isArray(last.content)) last.content.push(...content);
		else turns.push({ role: turn, content });
	}
	return turns;
}
