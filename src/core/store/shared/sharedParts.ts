import type { CollectionName } from '#core/domain/collection';
import type { Filter, LearnedStore, OthersReader, VectorStore } from '../vectorStore.ts';
import type { Outbox } from './outbox.ts';
import type { OutboxDelivery } from './outboxDelivery.ts';
import type { SharedLink } from './sharedLink.ts';

/** What a store over a shared server is made of. */
export interface SharedParts {
	/** This machine's: everything that was written here. */
	readonly local: LearnedStore;
	/** The shared one: what may leave this machine, and what others share. */
	readonly remote: VectorStore & Partial<OthersReader>;
	readonly outbox: Outbox;
	readonly delivery: OutboxDelivery;
	readonly link: SharedLink;
	/** What of the shared store is this user's, and of what this store is about. */
	readonly own: (collection: CollectionName) => Filter;
}
