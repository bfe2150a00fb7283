import type { FilterCondition, ScoredDocument, SearchRequest, VectorStore } from '../vectorStore.ts';
import { FileDocuments } from './fileDocuments.ts';
import { toQdrantFilter } from './qdrantFilter.ts';
import { placeOf, type ServerRecord } from './qdrantPoints.ts';
import { byScoreThenId, fuseLists, planSearch, type SearchAbilities } from './qdrantSearch.ts';
import type { QdrantTransport } from './qdrantTransport.ts';
import { listed, type RecordPage, RecordReader } from './recordReader.ts';
import { readableTenants, type Tenancy } from './tenancy.ts';

type Scored = ServerRecord & { readonly score: number };

/** A point by our id. */
export type FoundPoint = Scored & { readonly id: string };

export interface SearcherOptions {
	/** Whether the server fuses with a constant of ours. */
	readonly canFuse?: () => boolean;
	/** Whether vectors are compared one by one, without the graph. */
	readonly isExact?: boolean;
}

/** Searches physical collections for what a user may read. */
export class QdrantSearcher {
	readonly #transport: QdrantTransport;
	readonly #documents: FileDocuments;
	readonly #reader: RecordReader;
	readonly #tenants: readonly string[];
	readonly #options: SearcherOptions;

	constructor(transport: QdrantTransport, tenancy: Tenancy, options: SearcherOptions) {
		this.#transport = transport;
		this.#documents = new FileDocuments(transport, tenancy);
		this.#reader = new RecordReader(transport);
		this.#tenants = readableTenants(tenancy);
		this.#options = options;
	}

	async find(name: string, request: SearchRequest, abilities: Pick<SearchAbilities, 'hasDense' | 'hasStatic'>, payload: RecordPage['payload']): Promise<FoundPoint[]> {
		const { canFuse = () => true, isExact = false } = this.#options;
		const plan = planSearch(request, toQdrantFilter(request.filter, this.#tenants), { ...abilities, canFuse: canFuse() }, isExact);
		const with_payload = payload;
		if (plan.kind === 'nothing') return [];
		const ours = (points: readonly Scored[]) => points.map((point) => ({ ...point, id: String(point.payload?.point_id ?? point.id) }));
		if (plan.kind === 'query') {
			const { points } = await this.#transport.request<{ readonly points: readonly Scored[] }>('POST', `/collections/${name}/points/query`, {
				body: { ...plan.query, with_payload },
			});
			return ours(points)
				.map((point) => ({ ...point, score: point.score * plan.scale }))
				.sort(byScoreThenId);
		}
		const searches = plan.queries.map((query) => ({ ...query, with_payload }));
		const lists = await this.#transport.request<readonly { readonly points: readonly Scored[] }[]>('POST', `/collections/${name}/points/query/batch`, {
			body: { searches },
		});
		return fuseLists(
			lists.map(({ points }) => ours(points)),
			plan.weights,
			plan.k,
		).slice(0, request.limit);
	}

	/** Whole files by their words. A file passes a filter when one of its chunks does. */
	async searchDocuments(name: string, documents: string, request: Parameters<VectorStore['searchDocuments']>[0]): Promise<ScoredDocument[]> {
		const { filter, lexical, limit } = request;
		const isOfFiles = (condition: FilterCondition) => 'key' in condition && (condition.key === 'workspace_id' || condition.key === 'file_path');
		const isPlain = !filter?.should?.length && !filter?.must_not?.length && (filter?.must ?? []).every(isOfFiles);
		if (isPlain) return this.#documents.search(documents, lexical, toQdrantFilter(filter, this.#tenants), limit);
		const chunks = await this.#reader.all(name, toQdrantFilter(filter, this.#tenants), ['workspace_id', 'file_path']);
		const allowed = new Set(chunks.map(placeOf).map(({ workspaceId, filePath }) => `${workspaceId}\n${filePath}`));
		const files: FilterCondition = { key: 'file_path', match: { any: [...new Set(chunks.map((chunk) => placeOf(chunk).filePath))] } };
		const found = await this.#documents.search(documents, lexical, toQdrantFilter({ must: [files] }, this.#tenants), limit + allowed.size);
		return found.filter(({ workspaceId, filePath }) => allowed.has(`${workspaceId}\n${filePath}`)).slice(0, limit);
	}

	/** In how many of `points` each term occurs. The server has no such figure: each term is asked for alone, and what is found is counted. */
	async frequencies(name: string, request: Parameters<VectorStore['termStatistics']>[1], points: number): Promise<number[]> {
		const filter = toQdrantFilter(request.filter, this.#tenants);
		const frequencies: number[] = [];
		for (const hashes of listed(request.hashes, 16)) {
			const searches = hashes.map((hash) => ({ query: { indices: [hash], values: [1] }, using: request.field, filter, limit: points, with_payload: false }));
			const results = await this.#transport.request<readonly { readonly points: readonly unknown[] }[]>('POST', `/collections/${name}/points/query/batch`, {
				body: { searches },
			});
			frequencies.push(...results.map((result) => result.points.length));
		}
		return frequencies;
	}
}
