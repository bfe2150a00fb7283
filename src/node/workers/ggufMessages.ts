import type { ErrorCode } from '#core/base/errors';
import type { GgufAnswer, GgufRequest } from '#core/ports';

/** What the process of a GGUF file is asked. `load` comes first and once. */
export type GgufAsk =
	| { readonly type: 'load'; readonly path: string; readonly contextTokens: number; readonly threads: number; readonly runtimePath: string }
	| { readonly type: 'answer'; readonly id: number; readonly request: GgufRequest }
	| { readonly type: 'cancel'; readonly id: number };

export type GgufReply =
	| { readonly type: 'loaded'; readonly contextTokens: number }
	| { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
	| { readonly type: 'text'; readonly id: number; readonly text: string }
	| { readonly type: 'answered'; readonly id: number; readonly answer: GgufAnswer }
	| { readonly type: 'error'; readonly id: number; readonly code: ErrorCode; readonly message: string };
