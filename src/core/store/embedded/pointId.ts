import { hashPair } from './hashPair.ts';

/**
 * Id of a chunk's point: the same for the same content at the same path of the same worktree, however its lines move.
 * `occurrence` counts equal contents within the file from 0. A UUID of version 8 (RFC 9562): 60 bits of the content's SHA-256 and 62 of the place.
 */
export function codePointId(worktreeId: string, path: string, contentHash: string, occurrence: number): string {
	const place = `${worktreeId}\n${path}\n${occurrence}`;
	const [high = '', low = ''] = hashPair(place).map((half) => half.toString(16).padStart(8, '0'));
	const variant = ((Number.parseInt(contentHash.charAt(15), 16) & 0x3) | 0x8).toString(16);
	return `${contentHash.slice(0, 8)}-${contentHash.slice(8, 12)}-8${contentHash.slice(12, 15)}-${variant}${high.slice(0, 3)}-${high.slice(3)}${low.slice(0, 7)}`;
}
