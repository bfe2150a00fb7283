export interface ModelMessage {
	readonly role: 'system' | 'user' | 'assistant';
	readonly text: string;
}

export interface ModelUsage {
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** True when we counted, false when the provider did. */
	readonly isEstimate: boolean;
}

export type ModelPart =
	| { readonly type: 'delta'; readonly text: string }
	| { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'filter' | 'other'; readonly usage: ModelUsage };

/** A model that answers. `stream` yields deltas and exactly one `end`, last. Abort ends the request down to the socket. */
export interface LanguageModel {
	/** `host:<id>`, `ollama:<name>`, `openai:<endpoint>/<name>`. */
	readonly id: string;
	readonly label: string;
	/** Where the prompt goes, for the closing line: `this machine`, or a host name. */
	readonly destination: string;
	readonly isRemote: boolean;
	/** Tokens of prompt and answer together, where known. */
	readonly contextTokens: number | null;
	/** Errors: `server-unreachable`, `server-timeout`, `server-error`, `unauthorized`, `rate-limited`, `context-too-long`, `not-found`, `cancelled`. */
	stream(messages: readonly ModelMessage[], options: { readonly maxOutputTokens?: number; readonly signal?: AbortSignal }): AsyncIterable<ModelPart>;
}
