import { type CancellationToken, ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { WireError } from '#protocol/messages';

/** The code that the language server protocol uses for a request its client cancelled. */
const REQUEST_CANCELLED = -32800;

/** Runs `work` with a signal that fires when the client cancels its request. */
export async function withSignal<T>(token: CancellationToken, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
	const controller = new AbortController();
	const subscription = token.onCancellationRequested(() => controller.abort());
	if (token.isCancellationRequested) controller.abort();
	try {
		return await work(controller.signal);
	} finally {
		subscription.dispose();
	}
}

/** A CoordinatorError with its code and details; anything else as `internal`, with its message but without its stack. */
export function toResponseError(error: unknown): ResponseError<WireError> {
	const known = CoordinatorError.is(error)
		? error
		: isCancellation(error)
			? new CoordinatorError('cancelled', 'The operation was cancelled.')
			: new CoordinatorError('internal', error instanceof Error ? error.message : String(error));
	const data: WireError = { code: known.code, message: known.message, isRetryable: known.isRetryable, details: known.details };
	return new ResponseError(known.code === 'cancelled' ? REQUEST_CANCELLED : ErrorCodes.InternalError, known.message, data);
}
