import type { IncomingMessage } from 'node:http';
import { type Refusal, strangerOf } from '#node/http/guard';
import { bearsToken } from '#node/http/token';

/** Who is let in: the name of one who bears a token that is known, null for anybody else. */
export type Gate = (authorization: string | undefined) => string | null;

/** The gate of a server with one token: who bears it has no name. */
export function gateOfToken(token: string): Gate {
	return (authorization) => (bearsToken(authorization, token) ? '' : null);
}

/** Why a request is not let through, or the name of who sent it. Who has no token is told nothing else. */
export function admit(
	{ headers, url, method }: Pick<IncomingMessage, 'headers' | 'url' | 'method'>,
	own: { readonly hosts: readonly string[]; readonly gate: Gate },
): { readonly user: string } | Refusal {
	const stranger = strangerOf(headers, own.hosts);
	if (stranger) return stranger;
	const user = own.gate(headers.authorization);
	if (user === null) return { status: 401, message: 'Send your token as `Authorization: Bearer TOKEN`.' };
	if (url?.split('?', 1)[0] !== '/mcp') return { status: 404, message: 'The server is at /mcp.' };
	if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') return { status: 405, message: 'Use POST, GET or DELETE.' };
	return { user };
}
