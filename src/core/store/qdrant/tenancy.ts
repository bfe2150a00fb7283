import type { CollectionName, PayloadOf } from '#core/domain/collection';
import { hashPair } from '../embedded/hashPair.ts';

/** Whose points are written, and whose are read beside them. */
export interface Tenancy {
	/** Name of the user, the same on all machines of theirs. */
	readonly user: string;
	/** Name of the team whose shared items are read; null: none, and nothing is shared. */
	readonly team: string | null;
}

/** What a point has beside our payload; no reader of ours sees it. */
export interface TenantFields {
	/** Who may read it: `user:NAME` or `team:NAME`. */
	readonly tenant: string;
	/** Who may change it. */
	readonly owner: string;
	/** The id as we know it. */
	readonly point_id: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function ownTenant({ user }: Tenancy): string {
	return `user:${user}`;
}

/** Only what its user has shared with all (`scope` global) is the team's; code and questions never are. */
export function tenantOf(tenancy: Tenancy, collection: CollectionName, payload: Pick<PayloadOf[CollectionName], 'scope'>): string {
	const isShareable = collection !== 'codebase-context' && collection !== 'interaction-history';
	return tenancy.team !== null && isShareable && payload.scope === 'global' ? `team:${tenancy.team}` : ownTenant(tenancy);
}

/** Every tenant whose points the user may read. */
export function readableTenants(tenancy: Tenancy): readonly string[] {
	return tenancy.team === null ? [ownTenant(tenancy)] : [ownTenant(tenancy), `team:${tenancy.team}`];
}

/**
 * The server's id of a user's point: two users may have the same checkout and so the same ids of ours, and must not overwrite each other. The last
 * 48 bits of a UUID are mixed with the owner's name, which leaves most of the order of ids; what is no UUID becomes one.
 */
export function serverId(owner: string, id: string): string {
	if (!UUID.test(id)) return uuidOf(`${owner}\n${id}`);
	const [high, low] = hashPair(owner);
	const mask = (BigInt(high & 0xffff) << 32n) | BigInt(low);
	return id.slice(0, 24) + (BigInt(`0x${id.slice(24)}`) ^ mask).toString(16).padStart(12, '0');
}

/** A UUID of version 8 (RFC 9562) made of a text: the same text, the same id. */
export function uuidOf(text: string): string {
	const hex = [...hashPair(text), ...hashPair(`${text}\n${text.length}`)].map((half) => half.toString(16).padStart(8, '0')).join('');
	const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
