import type { CollectionName } from './collection.ts';

export type StoreMoveTarget = 'qdrant' | 'embedded';

/** What became of a collection that was moved. */
export interface MovedCollection {
	readonly collection: CollectionName;
	/** Points of it on this machine. */
	readonly here: number;
	/** Of these, those that may not leave it. */
	readonly kept: number;
	/** Points of this user on the server. */
	readonly there: number;
	/** Points that were compared with their other copy, and those that differed. */
	readonly compared: number;
	readonly different: number;
}

export interface StoreMoveReport {
	readonly to: StoreMoveTarget;
	/** Of each collection that has points, one entry a store: what was learned, and each repository. */
	readonly collections: readonly MovedCollection[];
	/** Whether every count and every compared point is as it should be. */
	readonly isVerified: boolean;
}
