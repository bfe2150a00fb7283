import type { ModelInfo } from '#core/domain/modelInfo';

/** A call that a model asks for; `input` is the parsed JSON of its arguments. */
export interface ModelToolCall {
	readonly id: string;
	readonly name: string;
	readonly input: Readonly<Record<string, unknown>>;
}

/** `assistant` may carry the calls it asked for; `tool` is the result of the call that `toolCallId` names. */
export interface ModelMessage {
	readonly role: 'system' | 'user' | 'assistant' | 'tool';
	readonly text: string;
	readonly toolCalls?: readonly ModelToolCall[];
	readonly toolCallId?: string;
	readonly toolName?: string;
}

/** A function that the model may ask for. `inputSchema` is a JSON schema of type `object`. */
export interface ModelTool {
	readonly name: string;
	readonly description: string;
	readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface ModelUsage {
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** True when we counted, false when the provider did. */
	readonly isEstimate: boolean;
}

/** `tool-call` comes only where tools were given. An answer that ends to have its calls answered ends with `stop`. */
export type ModelPart =
	| { readonly type: 'delta'; readonly text: string }
	| { readonly type: 'tool-call'; readonly call: ModelToolCall }
	| { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'filter' | 'other'; readonly usage: ModelUsage };

export interface ModelRequestOptions {
	readonly maxOutputTokens?: number;
	readonly signal?: AbortSignal;
	/** The answer is JSON under this schema, of type `object`. `invalid-argument` from a model whose server cannot hold it to one. */
	readonly jsonSchema?: Readonly<Record<string, unknown>>;
	/** Absent or empty: the model is told of no tools and asks for none. */
	readonly tools?: readonly ModelTool[];
	/** Called while the request waits for a server of this machine: how many are before it, from 1; 0 when its turn comes. */
	readonly onQueued?: (position: number) => void;
}

/** A model that answers. `stream` yields deltas and exactly one `end`, last. Abort ends the request down to the socket. */
export interface LanguageModel {
	/** `host:<id>`, `ollama:<server>/<name>`, `openai:<server>/<name>`, `anthropic:<server>/<name>`, `gguf:<file name>`. */
	readonly id: string;
	readonly label: string;
	/** Where the prompt goes, for the closing line: `this machine`, or a host name. */
	readonly destination: string;
	readonly isRemote: boolean;
	/** Tokens of prompt and answer together, where known. */
	readonly contextTokens: number | null;
	readonly info: ModelInfo;
	/**
	 * Errors: `server-unreachable`, `server-timeout`, `server-error`, `unauthorized`, `rate-limited`, `context-too-long`, `not-found`,
	 * `invalid-argument`, `cancelled`; in the process also `model-missing`, `model-damaged`, `runtime-unavailable`.
	 */
	stream(messages: readonly ModelMessage[], options: ModelRequestOptions): AsyncIterable<ModelPart>;
}
