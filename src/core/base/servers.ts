import { CoordinatorError } from './errors.ts';

/** Host and port, without user, password or path: fit for logs and labels. */
export function serverName(url: string): string {
	return new URL(url).host;
}

/** True for addresses of this machine, to which nothing leaves it. */
export function isLoopback(url: string): boolean {
	const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
	return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A key fit for a header; `unauthorized` for one that holds what no key can, before a library puts it into an error's message. */
export function checkedKey(server: string, key: string | null): string | null {
	const trimmed = key?.trim() ?? '';
	if (/[^\x21-\x7e]/.test(trimmed)) {
		throw new CoordinatorError('unauthorized', `The key for ${server} holds characters that no key can have: set it again.`, { details: { server } });
	}
	return trimmed === '' ? null : trimmed;
}

/** The error for a request that got no answer at all. */
export function errorOfConnection(server: string, cause: unknown): CoordinatorError {
	return new CoordinatorError('server-unreachable', `${server} cannot be reached.`, { cause: harmlessCause(cause), isRetryable: true, details: { server } });
}

/**
 * A foreign error without its words, which may repeat a key (an invalid header), the prompt or a page of the server: its name and the codes
 * of its causes remain.
 */
export function harmlessCause(error: unknown): unknown {
	if (error === undefined || CoordinatorError.is(error)) return error;
	const codes: string[] = [];
	for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
		codes.push('code' in current && typeof current.code === 'string' && /^[A-Z_0-9]+$/.test(current.code) ? current.code : current.name);
	}
	return new Error(codes.join(', ') || typeof error);
}
