import { CoordinatorError } from './errors.ts';

/** Throws a `cancelled` CoordinatorError when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new CoordinatorError('cancelled', 'The operation was cancelled.', { cause: signal.reason });
}

/** True for our own cancellation and for the platform's AbortError, wherever it was thrown. */
export function isCancellation(error: unknown): boolean {
	return CoordinatorError.is(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError');
}

/** Settles as `promise`, or rejects with `cancelled` as soon as the signal fires. The work itself goes on unless it listens too. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) return promise;
	return new Promise<T>((resolve, reject) => {
		const onAbort = () => reject(new CoordinatorError('cancelled', 'The operation was cancelled.', { cause: signal.reason }));
		// The promise is listened to in any case: its own rejection, after the abort, must not count as unhandled.
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
		if (signal.aborted) onAbort();
		else signal.addEventListener('abort', onAbort, { once: true });
	});
}
