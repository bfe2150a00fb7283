import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
	readonly status: number;
	readonly message: string;
}

/** Names under which a server at a port of this machine is asked. */
export function ownHosts(port: number): readonly string[] {
	return ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`);
}

/**
 * Why a request does not come from where it should, or null. A page of the web that resolves its own name to this machine sends its name as
 * host and origin: both must be among `hosts`, each a name with its port, or alone where a proxy leaves the port out.
 */
export function strangerOf(headers: IncomingHttpHeaders, hosts: readonly string[]): Refusal | null {
	if (!hosts.includes((headers.host ?? '').toLowerCase())) return { status: 403, message: 'This host is not served.' };
	const { origin } = headers;
	if (origin !== undefined && !hosts.some((host) => [`http://${host}`, `https://${host}`].includes(origin.toLowerCase())))
		return { status: 403, message: 'Pages of this origin are not served.' };
	return null;
}
