import type { LexicalVector } from '#core/domain/lexicalVector';
import type { LexicalQuery, ScoredDocument } from '../vectorStore.ts';
import type { QdrantFilter } from './qdrantFilter.ts';
import type { FilePlace, ServerRecord } from './qdrantPoints.ts';
import { type QdrantTransport, WRITE_TIMEOUT_MS } from './qdrantTransport.ts';
import { AVERAGE_TERMS_OF_FILES, countsOf, lengthOf, toSparse, toSparseQuery, USUAL_AVERAGE_TERMS } from './sparseVectors.ts';
import { ownTenant, type Tenancy, uuidOf } from './tenancy.ts';

/** Files whose chunks are read at a time. */
const FILES = 32;
const PAGE = 256;

/**
 * Whole files as documents of their own: the server scores points, and a file is several. A document is made of the chunks that are stored, whenever
 * one of them is written or deleted.
 */
export class FileDocuments {
	readonly #transport: QdrantTransport;
	readonly #tenancy: Tenancy;

	constructor(transport: QdrantTransport, tenancy: Tenancy) {
		this.#transport = transport;
		this.#tenancy = tenancy;
	}

	/** Makes the documents of these files anew from their chunks in `chunks`; a file without any loses its document. */
	async renew(documents: string, chunks: string, files: readonly FilePlace[]): Promise<void> {
		const byWorkspace = new Map<string, Set<string>>();
		for (const { workspaceId, filePath } of files) byWorkspace.set(workspaceId, (byWorkspace.get(workspaceId) ?? new Set()).add(filePath));
		for (const [workspaceId, paths] of byWorkspace) {
			const all = [...paths];
			for (let i = 0; i < all.length; i += FILES) await this.#renewSome(documents, chunks, workspaceId, all.slice(i, i + FILES));
		}
	}

	async search(documents: string, lexical: LexicalQuery, filter: QdrantFilter, limit: number): Promise<ScoredDocument[]> {
		const { points } = await this.#transport.request<{ readonly points: readonly { readonly score: number; readonly payload?: Record<string, unknown> }[] }>(
			'POST',
			`/collections/${documents}/points/query`,
			{ body: { query: toSparseQuery(lexical), using: 'text', filter, limit, with_payload: ['workspace_id', 'file_path'] } },
		);
		const found = points.map(({ score, payload }) => ({ workspaceId: String(payload?.workspace_id), filePath: String(payload?.file_path), score }));
		return found.sort((a, b) => b.score - a.score || (a.filePath < b.filePath ? -1 : 1));
	}

	async #renewSome(documents: string, chunks: string, workspaceId: string, paths: readonly string[]): Promise<void> {
		const counts = new Map<string, Map<number, number>>(paths.map((path) => [path, new Map()]));
		const filter = {
			must: [
				{ key: 'owner', match: { value: this.#tenancy.user } },
				{ key: 'workspace_id', match: { value: workspaceId } },
				{ key: 'file_path', match: { any: [...paths] } },
			],
		};
		let offset: unknown;
		do {
			const page = await this.#transport.request<{ readonly points: readonly ServerRecord[]; readonly next_page_offset?: unknown }>(
				'POST',
				`/collections/${chunks}/points/scroll`,
				{
					body: { filter, limit: PAGE, with_payload: ['file_path', 'text_terms', 'mean_terms'], with_vector: ['text'], ...(offset === undefined ? {} : { offset }) },
					timeoutMs: WRITE_TIMEOUT_MS,
				},
			);
			for (const { payload, vector } of page.points) {
				const ofFile = counts.get(String(payload?.file_path));
				if (!ofFile || !vector?.text) continue;
				const back = countsOf(vector.text, payload?.text_terms ?? 0, payload?.mean_terms ?? USUAL_AVERAGE_TERMS.text);
				for (const [i, hash] of vector.text.indices.entries()) ofFile.set(hash, (ofFile.get(hash) ?? 0) + (back[i] ?? 0));
			}
			offset = page.next_page_offset ?? undefined;
		} while (offset !== undefined);

		const idOf = (path: string) => uuidOf(`${this.#tenancy.user}\n${workspaceId}\n${path}`);
		const points = [...counts].filter(([, terms]) => terms.size > 0).map(([path, terms]) => this.#document(idOf(path), workspaceId, path, terms));
		const gone = [...counts].filter(([, terms]) => terms.size === 0).map(([path]) => idOf(path));
		if (points.length > 0) await this.#transport.request('PUT', `/collections/${documents}/points?wait=true`, { body: { points }, timeoutMs: WRITE_TIMEOUT_MS });
		if (gone.length > 0)
			await this.#transport.request('POST', `/collections/${documents}/points/delete?wait=true`, { body: { points: gone }, timeoutMs: WRITE_TIMEOUT_MS });
	}

	#document(id: string, workspaceId: string, filePath: string, terms: ReadonlyMap<number, number>) {
		const vector: LexicalVector = { hashes: Uint32Array.from(terms.keys()), counts: Uint16Array.from(terms.values(), (count) => Math.min(count, 0xffff)) };
		const payload = { workspace_id: workspaceId, file_path: filePath, tenant: ownTenant(this.#tenancy), owner: this.#tenancy.user, text_terms: lengthOf(vector.counts) };
		return { id, payload, vector: { text: toSparse(vector, AVERAGE_TERMS_OF_FILES) } };
	}
}
