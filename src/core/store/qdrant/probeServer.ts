import { CoordinatorError } from '#core/base/errors';
import type { QdrantTransport } from './qdrantTransport.ts';

/** The first version with everything that is asked of a server, and the first that fuses ranks with a constant of ours. */
const OLDEST = [1, 13] as const;
const FUSES = [1, 16] as const;

export interface ServerAbilities {
	readonly version: string;
	readonly canFuse: boolean;
}

/**
 * Asks a server for its version, and whether it takes the key. Newer versions are used as they are. Rejects with `server-error` and the reason
 * `too-old`, or as a request does.
 */
export async function probeServer(transport: QdrantTransport): Promise<ServerAbilities> {
	const { version } = await transport.request<{ readonly version?: unknown }>('GET', '/');
	if (typeof version !== 'string')
		throw new CoordinatorError('server-error', `${transport.server} does not answer as a Qdrant server does.`, { details: { server: transport.server } });
	if (!isAtLeast(version, OLDEST)) {
		throw new CoordinatorError('server-error', `${transport.server} runs Qdrant ${version}; ${OLDEST.join('.')} or later is needed.`, {
			details: { server: transport.server, reason: 'too-old', version },
		});
	}
	// The root is open to all; this is not.
	await transport.request('GET', '/aliases');
	return { version, canFuse: isAtLeast(version, FUSES) };
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
	const [ofMajor = Number.NaN, ofMinor = Number.NaN] = version.split('.').map(Number);
	return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}
