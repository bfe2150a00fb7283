import * as tls from 'node:tls';

/** Node's own authorities, those of NODE_EXTRA_CA_CERTS, and the system's; none to name where Node is too old to know the system's. */
export function knownAuthorities(): string[] | undefined {
	return tls.getCACertificates ? [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])] : undefined;
}
