import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import { harmlessCause } from '#core/base/servers';

/** Phrases by which servers say that a prompt does not fit; there is no common code for it. */
const TOO_LONG = /context[ _-]?(length|window|size)|maximum context|too many tokens|exceeds? the available context|prompt is too long|input length/i;
/** Phrases by which servers say that no money is left, which no wait cures. */
const NO_CREDIT = /quota|billing|credit|balance/i;

/**
 * The error for a server's HTTP status. `message` is what the server said: it is looked at, and not passed on, since it may repeat the prompt
 * or the key. `retryAfter` is the header of that name, in seconds or as a date.
 */
export function errorOfStatus(server: string, status: number, message: string, cause: unknown, retryAfter?: string | null): CoordinatorError {
	const make = (code: ErrorCode, words: string, isRetryable = false, details: Record<string, string | number> = {}) =>
		new CoordinatorError(code, `${server} ${words}`, { cause: harmlessCause(cause), isRetryable, details: { server, status, ...details } });
	if (status === 401 || status === 403) return make('unauthorized', 'refused the key.');
	if (status === 402 || (status === 429 && NO_CREDIT.test(message))) return make('rate-limited', 'has no credit left for this key.', false, { reason: 'no-credit' });
	const seconds = retryAfterSeconds(retryAfter);
	const wait: Record<string, number> = seconds === null ? {} : { retryAfterSeconds: seconds };
	if (status === 429) return make('rate-limited', 'takes no more requests for now.', true, wait);
	if (status === 413 || ((status === 400 || status === 500) && TOO_LONG.test(message))) return make('context-too-long', 'cannot take a prompt of this length.');
	if (status === 404) return make('not-found', 'does not have this model.');
	if (status === 408) return make('server-timeout', 'gave up on the request.', true);
	return make('server-error', `answered with status ${status}.`, status >= 500, wait);
}

/** The header `retry-after` in whole seconds, rounded up; null where it is absent, past or nonsense. */
function retryAfterSeconds(header: string | null | undefined): number | null {
	if (!header) return null;
	const seconds = Number.isNaN(Number(header)) ? (Date.parse(header) - Date.now()) / 1_000 : Number(header);
	return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}

/** The error for an answer that is not what the protocol says. */
export function errorOfGarbage(server: string, words: string, cause?: unknown): CoordinatorError {
	return new CoordinatorError('server-error', `${server} ${words}`, { cause: harmlessCause(cause), isRetryable: true, details: { server } });
}
