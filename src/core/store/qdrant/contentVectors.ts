import { embeddedText } from '#core/domain/chunk';
import type { CollectionName } from '#core/domain/collection';
import { searchedText } from '../searchedText.ts';
import type { Filter, MissingVector, VectorStore } from '../vectorStore.ts';
import { ownFilter } from './qdrantFilter.ts';
import { payloadOf } from './qdrantPoints.ts';
import { type QdrantTransport, WRITE_TIMEOUT_MS } from './qdrantTransport.ts';
import { listed, RecordReader } from './recordReader.ts';
import type { Tenancy } from './tenancy.ts';

/** Points that lack a vector are looked at in pages of so many. */
const PAGE = 256;

/** The vectors of the model in use by content, of the user's own points. */
export class ContentVectors {
	readonly #transport: QdrantTransport;
	readonly #reader: RecordReader;
	readonly #tenancy: Tenancy;

	constructor(transport: QdrantTransport, tenancy: Tenancy) {
		this.#transport = transport;
		this.#reader = new RecordReader(transport);
		this.#tenancy = tenancy;
	}

	/** Contents without one are left out. */
	async vectors(name: string, hashes: readonly string[], dimension: number): Promise<Map<string, readonly number[]>> {
		const found = new Map<string, readonly number[]>();
		for (const some of listed(hashes)) {
			const filter = ownFilter({ must: [{ key: 'content_hash', match: { any: some } }] }, this.#tenancy, { must: [{ has_vector: 'dense' }] });
			for (const { payload, vector } of await this.#reader.all(name, filter, ['content_hash'], ['dense'])) {
				if (vector?.dense?.length === dimension) found.set(String(payload?.content_hash), vector.dense);
			}
		}
		return found;
	}

	/** Gives every point of these contents its vector. */
	async put(name: string, vectors: Parameters<VectorStore['putVectors']>[0]): Promise<void> {
		const byHash = new Map(vectors.map(({ contentHash, vector }) => [contentHash, [...vector]]));
		for (const hashes of listed([...byHash.keys()])) {
			const found = await this.#reader.all(name, ownFilter({ must: [{ key: 'content_hash', match: { any: hashes } }] }, this.#tenancy), ['content_hash']);
			for (const some of listed(found)) {
				const points = some.map(({ id, payload }) => ({ id, vector: { dense: byHash.get(String(payload?.content_hash)) ?? [] } }));
				await this.#transport.request('PUT', `/collections/${name}/points/vectors?wait=true`, { body: { points }, timeoutMs: WRITE_TIMEOUT_MS });
			}
		}
	}

	/** As `VectorStore.missingVectors`, of one physical collection. */
	async missing(collection: CollectionName, name: string, request: Parameters<VectorStore['missingVectors']>[1]): Promise<MissingVector[]> {
		const { limit, filter, first = [], without = [] } = request;
		const missing = new Map<string, MissingVector>();
		const withheld = without.length > 0 ? [{ key: 'file_path', match: { any: without } }] : [];
		const collect = async (more: NonNullable<Filter['must']>) => {
			const wanted = { ...filter, must: [...(filter?.must ?? []), ...more], must_not: [...(filter?.must_not ?? []), ...withheld] };
			let offset: string | undefined;
			do {
				const page = await this.#reader.page(name, {
					filter: ownFilter(wanted, this.#tenancy, { must_not: [{ has_vector: 'dense' }] }),
					limit: PAGE,
					offset,
					payload: true,
				});
				for (const { payload } of page.points) {
					const ours = payloadOf(payload);
					const { content_hash: contentHash } = ours;
					const text = searchedText(collection, ours);
					const isCode = 'breadcrumb' in ours;
					if (missing.size >= limit || missing.has(contentHash)) continue;
					missing.set(contentHash, { contentHash, text: isCode ? embeddedText({ breadcrumb: ours.breadcrumb, text }) : text, filePath: isCode ? ours.file_path : null });
				}
				offset = page.nextOffset ?? undefined;
			} while (offset !== undefined && missing.size < limit);
		};
		for (const path of first) if (missing.size < limit) await collect([{ key: 'file_path', match: { value: path } }]);
		if (missing.size < limit) await collect([]);
		return [...missing.values()];
	}
}
