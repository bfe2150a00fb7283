const DEFAULT_PORT = '5432';

/** The name under which the password of a team's database is kept, which is that of its user and server; null for a text that is no such address. */
export function databaseSecret(url: string): string | null {
	if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url)) return null;
	const { username, hostname, port } = new URL(url);
	if (username === '' || hostname === '') return null;
	return `postgres://${decodeURIComponent(username)}@${decodeURIComponent(hostname.replace(/^\[|\]$/g, ''))}:${port || DEFAULT_PORT}`;
}
