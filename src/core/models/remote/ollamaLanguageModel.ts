import { type Message, Ollama, type Tool } from 'ollama';
import { CoordinatorError } from '#core/base/errors';
import { errorOfConnection, isLoopback, serverName } from '#core/base/servers';
import type { ModelInfo } from '#core/domain/modelInfo';
import { estimateTokens } from '#core/domain/tokenCount';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from '../languageModel.ts';
import { textOf, usageOf } from './modelUsage.ts';
import { RequestGuard, type RequestLimits } from './requestGuard.ts';
import { errorOfGarbage, errorOfStatus } from './serverErrors.ts';

/** A model of an Ollama server, over its own API. */
export function createOllamaLanguageModel(options: {
	readonly url: string;
	readonly name: string;
	/** The context that the server is asked to make room for. */
	readonly contextTokens: number | null;
	readonly info: ModelInfo;
	readonly fetch: typeof fetch;
	readonly limits: () => RequestLimits;
}): LanguageModel {
	const { url, name, contextTokens, info } = options;
	const server = serverName(url);
	const place = `Ollama at ${server}`;
	return {
		id: `ollama:${server}/${name}`,
		label: `${name} (Ollama)`,
		destination: isLoopback(url) ? 'this machine' : server,
		isRemote: !isLoopback(url),
		contextTokens,
		info,
		stream,
	};

	/** An older Ollama cuts what does not fit off the front without a word, so it is counted before, by our vocabulary. */
	async function requireRoom(messages: readonly ModelMessage[]): Promise<void> {
		if (contextTokens === null) return;
		const promptTokens = await estimateTokens(textOf(messages));
		if (promptTokens < contextTokens) return;
		throw new CoordinatorError('context-too-long', `${place} cannot take a prompt of this length.`, { details: { server, promptTokens, contextTokens } });
	}

	async function* stream(messages: readonly ModelMessage[], request: ModelRequestOptions): AsyncGenerator<ModelPart> {
		const { maxOutputTokens, signal, jsonSchema, tools = [] } = request;
		const guard = new RequestGuard(place, options.limits(), signal);
		let answer = '';
		let hasEnded = false;
		try {
			await requireRoom(messages);
			const client = new Ollama({ host: url, fetch: guard.fetch(options.fetch) });
			const body = {
				model: name,
				messages: messages.map(toMessage),
				stream: true as const,
				// Its own count says when a prompt does not fit; older servers do not know the field, and cut.
				truncate: false,
				...(jsonSchema ? { format: jsonSchema } : {}),
				...(tools.length > 0 ? { tools: tools.map(toTool) } : {}),
				options: { ...(maxOutputTokens ? { num_predict: maxOutputTokens } : {}), ...(contextTokens ? { num_ctx: contextTokens } : {}) },
			};
			const parts = await client.chat(body);
			let calls = 0;
			for await (const part of guard.watch(parts)) {
				const message: Partial<Message> | undefined = part.message;
				if (message?.content) {
					answer += message.content;
					yield { type: 'delta', text: message.content };
				}
				for (const { function: call } of tools.length > 0 ? (message?.tool_calls ?? []) : []) {
					answer += JSON.stringify(call.arguments);
					yield { type: 'tool-call', call: { id: `call-${calls++}`, name: call.name, input: call.arguments } };
				}
				if (!part.done) continue;
				hasEnded = true;
				const usage = await usageOf({ inputTokens: part.prompt_eval_count, outputTokens: part.eval_count }, messages, answer);
				yield { type: 'end', reason: part.done_reason === 'length' ? 'length' : 'stop', usage };
				break;
			}
			if (!hasEnded) throw errorOfGarbage(place, 'ended its answer half-way.');
		} catch (error) {
			throw guard.translate(error, (cause) => {
				const status = cause instanceof Error && 'status_code' in cause ? Number(cause.status_code) : Number.NaN;
				if (!Number.isNaN(status)) return errorOfStatus(place, status, cause instanceof Error ? cause.message : '', cause, guard.retryAfter);
				// What came is a connection's failure where the platform says so, else an answer that the library could not read.
				return cause instanceof TypeError || !(cause instanceof Error) ? errorOfConnection(place, cause) : errorOfGarbage(place, 'sent what is no answer.', cause);
			});
		} finally {
			guard.dispose();
		}
	}
}

function toMessage({ role, text, toolCalls, toolName }: ModelMessage): Message {
	return {
		role,
		content: text,
		...(toolCalls ? { tool_calls: toolCalls.map(({ name, input }) => ({ function: { name, arguments: { ...input } } })) } : {}),
		...(toolName ? { tool_name: toolName } : {}),
	};
}

function toTool({ name, description, inputSchema }: NonNullable<ModelRequestOptions['tools']>[number]): Tool {
	return { type: 'function', function: { name, description, parameters: inputSchema } };
}
