import type { IncomingMessage } from 'node:http';
import { bearsToken } from './token.ts';

export interface Refusal {
	readonly status: number;
	readonly message: string;
}

/**
 * Why a request is not let through, or null. A page of the web that resolves its own name to this machine sends its name as host and origin:
 * both must be ours. Who has no token is told nothing else.
 */
export function refusalOf(
	{ headers, url, method }: Pick<IncomingMessage, 'headers' | 'url' | 'method'>,
	own: { readonly port: number; readonly token: string },
): Refusal | null {
	const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${own.port}`);
	if (!hosts.includes((headers.host ?? '').toLowerCase())) return { status: 403, message: 'This host is not served.' };
	const { origin } = headers;
	if (origin !== undefined && !hosts.some((host) => origin.toLowerCase() === `http://${host}`)) return { status: 403, message: 'Pages of this origin are not served.' };
	if (!bearsToken(headers.authorization, own.token)) return { status: 401, message: 'Send the token of the server as `Authorization: Bearer TOKEN`.' };
	if (url?.split('?', 1)[0] !== '/mcp') return { status: 404, message: 'The server is at /mcp.' };
	if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') return { status: 405, message: 'Use POST, GET or DELETE.' };
	return null;
}
