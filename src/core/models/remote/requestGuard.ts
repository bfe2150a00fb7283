import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';

export interface RequestLimits {
	/** Milliseconds until the first item. */
	readonly firstTokenTimeoutMs: number;
	/** Milliseconds until the end. */
	readonly totalTimeoutMs: number;
}

/** A signal that fires for the caller's abort and for both timeouts, and knows which it was. */
export class RequestGuard {
	readonly #controller = new AbortController();
	readonly #server: string;
	readonly #outer: AbortSignal | undefined;
	readonly #timers: ReturnType<typeof setTimeout>[] = [];
	#timedOut: 'first-token' | 'total' | undefined;
	#retryAfter: string | null = null;
	readonly #onAbort = () => this.#controller.abort();

	/** `server` names the host for error messages. */
	constructor(server: string, limits: RequestLimits, signal: AbortSignal | undefined) {
		this.#server = server;
		this.#outer = signal;
		if (signal?.aborted) this.#controller.abort();
		signal?.addEventListener('abort', this.#onAbort, { once: true });
		this.#timers.push(
			setTimeout(() => this.#expire('first-token'), limits.firstTokenTimeoutMs),
			setTimeout(() => this.#expire('total'), limits.totalTimeoutMs),
		);
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** The first item came: from here on only the total counts. */
	gotFirst(): void {
		clearTimeout(this.#timers[0]);
	}

	/** The header `retry-after` of the last response, which not every client library hands on. */
	get retryAfter(): string | null {
		return this.#retryAfter;
	}

	/** A fetch whose requests end with this guard; given to client libraries so that a cancel reaches the socket. */
	fetch(fetchPort: typeof fetch): typeof fetch {
		return async (input, init) => {
			const response = await fetchPort(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, this.signal]) : this.signal });
			this.#retryAfter = response.headers.get('retry-after');
			return response;
		};
	}

	/** Our error for whatever a client library threw: cancellation, a timeout, or what `translate` makes of it. */
	translate(error: unknown, translate: (error: unknown) => CoordinatorError): CoordinatorError {
		if (this.#outer?.aborted) return new CoordinatorError('cancelled', 'The request was cancelled.', { cause: error });
		if (this.#timedOut) {
			const what = this.#timedOut === 'first-token' ? 'sent nothing' : 'did not finish';
			return new CoordinatorError('server-timeout', `${this.#server} ${what} in time.`, { cause: error, isRetryable: true, details: { server: this.#server } });
		}
		if (CoordinatorError.is(error)) return error;
		if (isCancellation(error)) return new CoordinatorError('cancelled', 'The request was cancelled.', { cause: error });
		return translate(error);
	}

	dispose(): void {
		for (const timer of this.#timers) clearTimeout(timer);
		this.#outer?.removeEventListener('abort', this.#onAbort);
		this.#controller.abort();
	}

	#expire(which: 'first-token' | 'total'): void {
		this.#timedOut = which;
		this.#controller.abort();
	}
}
