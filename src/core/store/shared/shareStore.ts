import type { CollectionName } from '#core/domain/collection';
import type { ClockPort, LogPort } from '#core/ports';
import { probeServer } from '../qdrant/probeServer.ts';
import type { QdrantLayout } from '../qdrant/qdrantCollections.ts';
import { QdrantTransport } from '../qdrant/qdrantTransport.ts';
import { QdrantVectorStore } from '../qdrant/qdrantVectorStore.ts';
import type { Tenancy } from '../qdrant/tenancy.ts';
import type { SqliteDatabase } from '../sqlite.ts';
import type { Filter, LearnedStore } from '../vectorStore.ts';
import { Outbox } from './outbox.ts';
import { type MayLeave, OutboxDelivery } from './outboxDelivery.ts';
import { SharedLink } from './sharedLink.ts';
import { SharedVectorStore } from './sharedVectorStore.ts';

/** Where points are shared, with whom, and what may not be. */
export interface SharedPlace {
	readonly url: string;
	readonly layout: QdrantLayout;
	readonly tenancy: Tenancy;
	readonly apiKey: () => Promise<string | null>;
	readonly mayLeave: MayLeave;
	/** The host's, by way of its proxy and with its certificates. */
	readonly fetch: typeof fetch;
	/** Names this process among those that may share its data. */
	readonly owner: string;
	/** The server is used, or no more. */
	readonly onDidChange: () => void;
}

/** The store of a place itself, and the way to it. */
export function openPlace(
	{ url, layout, tenancy, apiKey, fetch }: SharedPlace,
	clock: ClockPort,
): { readonly remote: QdrantVectorStore; readonly writer: QdrantVectorStore; readonly link: SharedLink } {
	const transport = new QdrantTransport({ url, apiKey, fetch, clock });
	let canFuse = false;
	const remote = new QdrantVectorStore(transport, layout, tenancy, { canFuse: () => canFuse });
	// A store of its own: the model of a question must not change under a batch.
	const writer = new QdrantVectorStore(transport, layout, tenancy);
	const link = new SharedLink(async () => {
		({ canFuse } = await probeServer(transport));
		// Collections may have been made anew while it was away.
		await remote.refresh();
		await writer.refresh();
	});
	return { remote, writer, link };
}

/** Shares what a local store has over `place`, from now on in the background. */
export function shareStore(
	local: LearnedStore,
	database: SqliteDatabase,
	place: SharedPlace,
	ports: { readonly clock: ClockPort; readonly log: LogPort },
): SharedVectorStore {
	const { tenancy, layout, url, mayLeave } = place;
	const { remote, writer, link } = openPlace(place, ports.clock);
	link.onDidChange(place.onDidChange);
	const outbox = new Outbox(database, JSON.stringify([url, layout.prefix, tenancy]));
	const owned = { key: 'owner', match: { value: tenancy.user } };
	const own = (collection: CollectionName): Filter => {
		if (collection !== 'codebase-context') return { must: [owned] };
		// Each repository has a store of its own, and all are in one collection there.
		const rows = database.prepare('SELECT DISTINCT workspace_id FROM points WHERE collection = ?').all(collection);
		return { must: [owned, { key: 'workspace_id', match: { any: rows.map((row) => String(row.workspace_id)) } }] };
	};
	const countShared = (collection: CollectionName) => remote.count(collection, own(collection));
	const owner = `${place.owner}#${++opened}`;
	return new SharedVectorStore((model) => {
		const delivery = new OutboxDelivery({
			database,
			outbox,
			remote: writer,
			link,
			mayLeave,
			model,
			owner,
			countShared,
			countLocal: (collection) => local.count(collection),
			...ports,
		});
		delivery.start();
		return { local, remote, outbox, delivery, link, own };
	});
}

/** Stores opened by this process: each delivers under a name of its own. */
let opened = 0;
