import { CoordinatorError, type ErrorCode } from '#core/base/errors';

/** Phrases by which servers say that a prompt does not fit; there is no common code for it. */
const TOO_LONG = /context[ _-]?(length|window|size)|maximum context|too many tokens|exceeds? the available context|prompt is too long/i;

/**
 * The error for a server's HTTP status. `message` is what the server said: it is looked at, and not passed on, since it may repeat the prompt.
 * `retryAfter` is the header of that name, in seconds or as a date.
 */
export function errorOfStatus(server: string, status: number, message: string, cause: unknown, retryAfter?: string | null): CoordinatorError {
	const make = (code: ErrorCode, words: string, isRetryable = false, details: Record<string, string | number> = {}) =>
		new CoordinatorError(code, `${server} ${words}`, { cause, isRetryable, details: { server, status, ...details } });
	if (status === 401 || status === 403) return make('unauthorized', 'refused the key.');
	if (status === 429) {
		const seconds = Number(retryAfter);
		return make('rate-limited', 'takes no more requests for now.', true, Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {});
	}
	if (status === 413 || ((status === 400 || status === 500) && TOO_LONG.test(message))) return make('context-too-long', 'cannot take a prompt of this length.');
	if (status === 404) return make('not-found', 'does not have this model.');
	return make('server-error', `answered with status ${status}.`, status >= 500);
}

/** The error for a request that got no answer at all. */
export function errorOfConnection(server: string, cause: unknown): CoordinatorError {
	return new CoordinatorError('server-unreachable', `${server} cannot be reached.`, { cause, isRetryable: true, details: { server } });
}

/** True for addresses of this machine, to which nothing leaves it. */
export function isLoopback(url: string): boolean {
	const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
	return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Host and port, without user, password or path: fit for logs and labels. */
export function serverName(url: string): string {
	return new URL(url).host;
}
