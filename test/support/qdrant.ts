import { randomUUID } from 'node:crypto';
import type { QdrantLayout } from '#core/store/qdrant/qdrantCollections';
import { QdrantTransport } from '#core/store/qdrant/qdrantTransport';
import { QdrantVectorStore } from '#core/store/qdrant/qdrantVectorStore';
import type { Tenancy } from '#core/store/qdrant/tenancy';
import { createClock } from '#node/clock';

/** Collections of a prefix of their own on a server, for one test; `dispose` deletes them. */
export function qdrantStores(
	url: string,
	layout: Partial<QdrantLayout> = {},
): {
	readonly layout: QdrantLayout;
	readonly transport: QdrantTransport;
	open(tenancy?: Tenancy): QdrantVectorStore;
	dispose(): Promise<void>;
} {
	const apiKey = process.env.QDRANT_API_KEY ?? null;
	const transport = new QdrantTransport({ url, apiKey: async () => apiKey, fetch, clock: createClock(), searchTimeoutMs: 30_000 });
	const whole: QdrantLayout = {
		prefix: `test-${randomUUID().slice(0, 8)}-`,
		shards: 1,
		replicas: 1,
		isOnDisk: false,
		quantization: 'none',
		staticDimension: 2,
		...layout,
	};
	return {
		layout: whole,
		transport,
		open: (tenancy = { user: 'ada', team: null }) => new QdrantVectorStore(transport, whole, tenancy),
		async dispose() {
			const { collections } = await transport.request<{ readonly collections: readonly { readonly name: string }[] }>('GET', '/collections');
			const own = collections.filter(({ name }) => name.startsWith(whole.prefix));
			for (const { name } of own) await transport.request('DELETE', `/collections/${name}`, { timeoutMs: 60_000 });
		},
	};
}
