/** What texts are embedded for. */
export interface EmbeddingRequest {
	readonly purpose: 'query' | 'document';
	/** The interaction and the workspace that the ledger notes a request to a server for; absent: none. */
	readonly interactionId?: string;
	readonly workspaceId?: string | null;
	readonly signal?: AbortSignal;
}

/**
 * Text in, vectors out. Errors: `model-missing`, `model-damaged`, `runtime-unavailable`, `server-unreachable`, `server-timeout`,
 * `server-error`, `unauthorized`, `over-budget`, `dimension-changed`, `cancelled`.
 */
export interface EmbeddingModel {
	/** Names model, quantisation and pooling: vectors of different ids are never compared. Example `minilm-l6-v2-q8`. */
	readonly id: string;
	/** Where it runs, for the user: `bundled (native)`, `bundled (wasm)`, `Ollama at 127.0.0.1:11434`. */
	readonly label: string;
	/** Found by a probe, never a constant. */
	readonly dimension: number;
	/** Most tokens that count; the rest of a text is cut off. */
	readonly maxTokens: number;
	/** True when texts leave this machine. */
	readonly isRemote: boolean;
	/** Texts of one request to a server; absent: there is none. Who gives that many at a time loses nothing that was made, and paid for, to a failure. */
	readonly requestSize?: number;
	/** One unit vector a text, in order. Texts may be of any length and number; the model batches as it likes. */
	embed(texts: readonly string[], options: EmbeddingRequest): Promise<Float32Array[]>;
	/** P(relevant) for a cosine between a query and a chunk; monotone, fitted per model (see docs). */
	calibrate(cosine: number): number;
	close(): Promise<void>;
}
