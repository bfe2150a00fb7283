import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import { checkedKey, errorOfConnection, harmlessCause, serverName } from '#core/base/servers';
import type { ClockPort } from '#core/ports';

export type QdrantMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface QdrantCall {
	readonly body?: object;
	/** Milliseconds a single attempt may take; a search's when absent. */
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal;
}

export interface QdrantTransportOptions {
	/** Base address, which may have a path. */
	readonly url: string;
	readonly apiKey: () => Promise<string | null>;
	/** The host's: with the proxy and the certificates of the settings. */
	readonly fetch: typeof fetch;
	readonly clock: Pick<ClockPort, 'delay'>;
	/** Attempts after the first; 2 when absent. */
	readonly retries?: number;
	readonly searchTimeoutMs?: number;
}

const SEARCH_TIMEOUT_MS = 4_000;
export const WRITE_TIMEOUT_MS = 60_000;
const FIRST_PAUSE_MS = 200;

/**
 * Requests to a Qdrant server. The API types are those of `@qdrant/js-client-rest`; its transport is not used, because it knows neither the
 * proxy and certificates of the settings nor a caller's abort, and prints what the server said.
 */
export class QdrantTransport {
	readonly server: string;
	readonly #options: QdrantTransportOptions;
	readonly #base: string;

	constructor(options: QdrantTransportOptions) {
		this.#options = options;
		this.#base = options.url.replace(/\/+$/, '');
		this.server = serverName(options.url);
	}

	/**
	 * The `result` of an answer. Everything that is asked here may be asked twice, so a busy or broken server is asked again after a pause; one that does
	 * not answer in time is not, for a question waits. Rejects with `unauthorized`, `not-found`, `rate-limited`, `disk-full`, `server-error`,
	 * `server-timeout`, `server-unreachable` or `cancelled`, never with what the server said.
	 */
	async request<T>(method: QdrantMethod, path: string, call: QdrantCall = {}): Promise<T> {
		const { retries = 2, clock } = this.#options;
		for (let attempt = 0; ; attempt++) {
			try {
				return await this.#attempt<T>(method, path, call);
			} catch (error) {
				const isWorthIt = CoordinatorError.is(error) && error.isRetryable && error.code !== 'server-timeout';
				if (!isWorthIt || attempt >= retries) throw error;
				await clock.delay(FIRST_PAUSE_MS * 2 ** attempt, call.signal);
			}
		}
	}

	async #attempt<T>(method: QdrantMethod, path: string, { body, signal, timeoutMs = this.#options.searchTimeoutMs ?? SEARCH_TIMEOUT_MS }: QdrantCall): Promise<T> {
		const key = checkedKey(this.server, await this.#options.apiKey());
		const timeout = AbortSignal.timeout(timeoutMs);
		try {
			const response = await this.#options.fetch(`${this.#base}${path}`, {
				method,
				headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...(key === null ? {} : { 'api-key': key }) },
				...(body ? { body: JSON.stringify(body) } : {}),
				signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
				// A redirect would take the key elsewhere.
				redirect: 'error',
			});
			const text = await response.text();
			if (!response.ok) throw errorOfAnswer(this.server, response.status, text);
			return resultOf<T>(this.server, text);
		} catch (error) {
			if (CoordinatorError.is(error)) throw error;
			if (signal?.aborted) throw new CoordinatorError('cancelled', 'The request was cancelled.', { cause: harmlessCause(error) });
			if (timeout.aborted || isCancellation(error)) {
				throw new CoordinatorError('server-timeout', `${this.server} did not answer in time.`, { isRetryable: true, details: { server: this.server } });
			}
			throw errorOfConnection(this.server, error);
		}
	}
}

/** The server's own words are looked at for a full disk, and not passed on: they may repeat a payload. */
export function errorOfAnswer(server: string, status: number, text: string): CoordinatorError {
	const details = { server, status };
	if (status === 401 || status === 403) return new CoordinatorError('unauthorized', `${server} refused the key, or the key may not do this.`, { details });
	if (status === 404) return new CoordinatorError('not-found', `${server} does not have what was asked for.`, { details });
	if (status === 429) return new CoordinatorError('rate-limited', `${server} takes no more requests for now.`, { isRetryable: true, details });
	if (status === 507 || /no space left|disk is full|not enough space|out of (?:memory|disk)/i.test(text)) {
		return new CoordinatorError('disk-full', `${server} has no room left.`, { details });
	}
	return new CoordinatorError('server-error', `${server} answered with status ${status}.`, { isRetryable: status >= 500 || status === 408, details });
}

/** Every answer of the API has a `result`; the root, which tells the version, is a result itself. */
function resultOf<T>(server: string, text: string): T {
	try {
		const answer: unknown = JSON.parse(text);
		if (typeof answer === 'object' && answer !== null) return ('result' in answer ? answer.result : answer) as T;
	} catch {
		// Said below.
	}
	throw new CoordinatorError('server-error', `${server} does not answer as a Qdrant server does.`, { details: { server } });
}
