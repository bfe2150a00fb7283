import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import { harmlessCause } from '#core/base/servers';

export interface RequestLimits {
	/** Milliseconds until the first item, and from one item to the next. */
	readonly firstTokenTimeoutMs: number;
	/** Milliseconds until the end. */
	readonly totalTimeoutMs: number;
}

type Expiry = 'first-token' | 'stall' | 'total';
const EXPIRED: Readonly<Record<Expiry, string>> = {
	'first-token': 'sent nothing in time.',
	'stall': 'stopped in the middle of its answer.',
	'total': 'did not finish in time.',
};

/** A signal that fires for the caller's abort and for the timeouts, and knows which it was. */
export class RequestGuard {
	readonly #controller = new AbortController();
	readonly #server: string;
	readonly #outer: AbortSignal | undefined;
	readonly #limits: RequestLimits;
	readonly #total: ReturnType<typeof setTimeout>;
	#next: ReturnType<typeof setTimeout>;
	#expired: Expiry | undefined;
	#retryAfter: string | null = null;
	readonly #onAbort = () => this.#controller.abort();

	/** `server` names the host for error messages. */
	constructor(server: string, limits: RequestLimits, signal: AbortSignal | undefined) {
		this.#server = server;
		this.#outer = signal;
		this.#limits = limits;
		if (signal?.aborted) this.#controller.abort();
		signal?.addEventListener('abort', this.#onAbort, { once: true });
		this.#next = setTimeout(() => this.#expire('first-token'), limits.firstTokenTimeoutMs);
		this.#total = setTimeout(() => this.#expire('total'), limits.totalTimeoutMs);
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** The header `retry-after` of the last response, which not every client library hands on. */
	get retryAfter(): string | null {
		return this.#retryAfter;
	}

	/** A fetch whose requests end with this guard; given to client libraries so that a cancel reaches the socket. Follows no redirect. */
	fetch(fetchPort: typeof fetch): typeof fetch {
		return async (input, init) => {
			const signal = init?.signal ? AbortSignal.any([init.signal, this.signal]) : this.signal;
			const response = await fetchPort(input, { ...init, signal, redirect: 'error' });
			this.#retryAfter = response.headers.get('retry-after');
			return response;
		};
	}

	/** The items of a stream, each waited for no longer than the limit. The time that the reader takes does not count. */
	async *watch<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
		for await (const item of items) {
			clearTimeout(this.#next);
			yield item;
			this.#next = setTimeout(() => this.#expire('stall'), this.#limits.firstTokenTimeoutMs);
		}
		clearTimeout(this.#next);
	}

	/** Our error for whatever a client library threw: cancellation, a timeout, or what `translate` makes of it. */
	translate(error: unknown, translate: (error: unknown) => CoordinatorError): CoordinatorError {
		if (this.#outer?.aborted) return new CoordinatorError('cancelled', 'The request was cancelled.', { cause: harmlessCause(error) });
		if (this.#expired) {
			return new CoordinatorError('server-timeout', `${this.#server} ${EXPIRED[this.#expired]}`, {
				cause: harmlessCause(error),
				isRetryable: true,
				details: { server: this.#server, limit: this.#expired },
			});
		}
		if (CoordinatorError.is(error)) return error;
		if (isCancellation(error)) return new CoordinatorError('cancelled', 'The request was cancelled.', { cause: harmlessCause(error) });
		return translate(error);
	}

	dispose(): void {
		clearTimeout(this.#next);
		clearTimeout(this.#total);
		this.#outer?.removeEventListener('abort', this.#onAbort);
		this.#controller.abort();
	}

	#expire(which: Expiry): void {
		this.#expired = which;
		this.#controller.abort();
	}
}
