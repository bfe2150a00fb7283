/** What the embedding worker is started with. Paths are absolute. */
export interface EmbeddingWorkerData {
	readonly runtime: 'native' | 'wasm';
	readonly threads: number;
	readonly modelPath: string;
	readonly vocabularyPath: string;
	/** Folder of the build: packaged runtimes lie in it. */
	readonly assetsPath: string;
}

export type EmbeddingRequest =
	| { readonly type: 'embed'; readonly id: number; readonly texts: readonly string[] }
	/** What of the request has not been computed yet is left out; it ends with `error`. */
	| { readonly type: 'cancel'; readonly id: number }
	/** The worker ends after the batch under way: the native runtime aborts the whole process when its thread is ended during a run. */
	| { readonly type: 'close' };

export type EmbeddingReply =
	| { readonly type: 'ready'; readonly dimension: number }
	| { readonly type: 'failed'; readonly message: string }
	| { readonly type: 'vectors'; readonly id: number; readonly vectors: Float32Array[] }
	| { readonly type: 'error'; readonly id: number; readonly message: string };
