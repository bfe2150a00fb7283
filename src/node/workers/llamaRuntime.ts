import { access } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { CoordinatorError } from '#core/base/errors';
import type { ModelMessage } from '#core/models/languageModel';
import type { GgufAnswer, GgufRequest } from '#core/ports';

/** The parts of `node-llama-cpp` 3 that are used; it is loaded from where it was installed, so its own types are not there. */
interface LlamaLibrary {
	getLlama(options: object): Promise<Llama>;
	readonly LlamaChat: new (options: { contextSequence: Sequence }) => Chat;
	readonly LlamaLogLevel: { readonly error: string };
}
interface Llama {
	loadModel(options: { modelPath: string }): Promise<Model>;
	createGrammarForJsonSchema(schema: object): Promise<object>;
}
interface Model {
	readonly trainContextSize: number;
	tokenize(text: string): readonly number[];
	createContext(options: { contextSize: number; threads: number }): Promise<{ getSequence(): Sequence }>;
}
interface Sequence {
	readonly nextTokenIndex: number;
	readonly tokenMeter: { getState(): { readonly usedInputTokens: number; readonly usedOutputTokens: number } };
}
type HistoryItem =
	| { readonly type: 'system' | 'user'; readonly text: string }
	| {
			readonly type: 'model';
			readonly response: (string | { readonly type: 'functionCall'; readonly name: string; readonly params: unknown; readonly result: unknown })[];
	  };
interface Chat {
	generateResponse(
		history: readonly HistoryItem[],
		options: object,
	): Promise<{
		readonly functionCalls?: readonly { readonly functionName: string; readonly params: unknown }[];
		readonly metadata: { readonly stopReason: string };
	}>;
	dispose(): void;
}

/** Tokens that a chat template adds to a message, generously. */
const TEMPLATE_TOKENS = 8;
/** Least room for an answer: a prompt that leaves less does not fit. */
const MIN_ANSWER_TOKENS = 32;

export interface LlamaRuntime {
	readonly contextTokens: number;
	answer(request: GgufRequest, onText: (text: string) => void, signal: AbortSignal): Promise<GgufAnswer>;
}

/** Loads library and file, without a GPU and without ever building anything. Rejects as `GgufPort` says. */
export async function openLlamaRuntime(options: {
	readonly path: string;
	readonly contextTokens: number;
	readonly threads: number;
	readonly runtimePath: string;
}): Promise<LlamaRuntime> {
	const { path, threads } = options;
	await access(path).catch((cause: unknown) => {
		throw new CoordinatorError('model-missing', 'The GGUF file is not there.', { cause });
	});
	const { library, llama } = await loadLibrary(options.runtimePath, threads);
	const loaded = await load(llama, options).catch((cause: unknown) => {
		throw new CoordinatorError('model-damaged', 'The GGUF file cannot be loaded.', { cause });
	});
	const { model, sequence, contextTokens } = loaded;

	return {
		contextTokens,
		async answer({ messages, maxOutputTokens, jsonSchema, tools = [] }, onText, signal) {
			const promptTokens = messages.reduce((sum, { text }) => sum + model.tokenize(text).length + TEMPLATE_TOKENS, 0);
			// Left to itself the library would drop the oldest messages without a word.
			if (promptTokens + MIN_ANSWER_TOKENS > contextTokens) {
				throw new CoordinatorError('context-too-long', `The prompt of about ${promptTokens} tokens does not fit into ${contextTokens}.`);
			}
			const chat = new library.LlamaChat({ contextSequence: sequence });
			const before = sequence.tokenMeter.getState().usedOutputTokens;
			const limit = Math.min(maxOutputTokens ?? contextTokens, contextTokens - promptTokens);
			try {
				const { functionCalls = [], metadata } = await chat.generateResponse([...toHistory(messages), { type: 'model', response: [] }], {
					maxTokens: limit,
					signal,
					stopOnAbortSignal: false,
					onTextChunk: onText,
					...(jsonSchema ? { grammar: await llama.createGrammarForJsonSchema(jsonSchema) } : {}),
					...(tools.length > 0 && !jsonSchema
						? {
								functions: Object.fromEntries(tools.map(({ name, description, inputSchema }) => [name, { description, params: inputSchema }])),
								documentFunctionParams: true,
							}
						: {}),
				});
				const outputTokens = sequence.tokenMeter.getState().usedOutputTokens - before;
				return {
					reason: metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
					toolCalls: functionCalls.map(({ functionName, params }, index) => ({ id: `call-${index}`, name: functionName, input: toInput(params) })),
					inputTokens: Math.max(1, sequence.nextTokenIndex - outputTokens),
					outputTokens,
				};
			} finally {
				chat.dispose();
			}
		},
	};
}

async function loadLibrary(runtimePath: string, threads: number): Promise<{ readonly library: LlamaLibrary; readonly llama: Llama }> {
	try {
		const library = (await import(pathToFileURL(runtimePath).href)) as LlamaLibrary;
		const llama = await library.getLlama({
			gpu: false,
			build: 'never',
			skipDownload: true,
			maxThreads: threads,
			logLevel: library.LlamaLogLevel.error,
			progressLogs: false,
		});
		return { library, llama };
	} catch (cause) {
		throw new CoordinatorError('runtime-unavailable', 'The runtime for GGUF files cannot be loaded on this platform.', { cause });
	}
}

async function load(llama: Llama, { path, contextTokens: wanted, threads }: { readonly path: string; readonly contextTokens: number; readonly threads: number }) {
	const model = await llama.loadModel({ modelPath: path });
	const contextTokens = Math.min(wanted, model.trainContextSize);
	const context = await model.createContext({ contextSize: contextTokens, threads });
	return { model, contextTokens, sequence: context.getSequence() };
}

/** A tool's result belongs to the call it answers, inside the model's turn. */
function toHistory(messages: readonly ModelMessage[]): HistoryItem[] {
	const results = new Map(messages.filter(({ role }) => role === 'tool').map(({ toolCallId, text }) => [toolCallId, text]));
	return messages.flatMap(({ role, text, toolCalls = [] }): HistoryItem[] => {
		if (role === 'tool') return [];
		if (role !== 'assistant') return [{ type: role, text }];
		const calls = toolCalls.map(({ id, name, input }) => ({ type: 'functionCall' as const, name, params: input, result: results.get(id) ?? '' }));
		return [{ type: 'model', response: [...(text === '' ? [] : [text]), ...calls] }];
	});
}

function toInput(params: unknown): Readonly<Record<string, unknown>> {
	return typeof params === 'object' && params !== null ? (params as Readonly<Record<string, unknown>>) : {};
}
