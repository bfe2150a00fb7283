import type { QdrantFilter } from './qdrantFilter.ts';
import type { ServerRecord } from './qdrantPoints.ts';
import { type QdrantTransport, WRITE_TIMEOUT_MS } from './qdrantTransport.ts';

export interface RecordPage {
	readonly filter: QdrantFilter;
	readonly limit: number;
	readonly offset?: string | undefined;
	/** All of the payload, or some fields. */
	readonly payload: true | readonly string[];
	/** Names of the vectors that are read too. */
	readonly vectors?: readonly string[] | true;
}

const PAGE = 512;
/** Ids and contents a filter lists. */
const LISTED = 256;

/** Reads points of a collection by filter or id, in pages. */
export class RecordReader {
	readonly #transport: QdrantTransport;

	constructor(transport: QdrantTransport) {
		this.#transport = transport;
	}

	async page(
		name: string,
		{ filter, limit, offset, payload, vectors }: RecordPage,
	): Promise<{ readonly points: readonly ServerRecord[]; readonly nextOffset: string | null }> {
		const body = { filter, limit, with_payload: payload, ...(vectors ? { with_vector: vectors } : {}), ...(offset === undefined ? {} : { offset }) };
		const page = await this.#transport.request<{ readonly points: readonly ServerRecord[]; readonly next_page_offset?: string | number | null }>(
			'POST',
			`/collections/${name}/points/scroll`,
			{ body, timeoutMs: WRITE_TIMEOUT_MS },
		);
		return { points: page.points, nextOffset: page.next_page_offset == null ? null : String(page.next_page_offset) };
	}

	async all(name: string, filter: QdrantFilter, payload: RecordPage['payload'], vectors?: RecordPage['vectors']): Promise<ServerRecord[]> {
		const records: ServerRecord[] = [];
		let offset: string | undefined;
		do {
			const page = await this.page(name, { filter, limit: PAGE, offset, payload, ...(vectors ? { vectors } : {}) });
			records.push(...page.points);
			offset = page.nextOffset ?? undefined;
		} while (offset !== undefined);
		return records;
	}

	/** By the server's ids; those that are missing are left out. */
	get(name: string, ids: readonly string[], payload: RecordPage['payload'], vectors: RecordPage['vectors'] = []): Promise<readonly ServerRecord[]> {
		return this.#transport.request('POST', `/collections/${name}/points`, { body: { ids, with_payload: payload, with_vector: vectors }, timeoutMs: WRITE_TIMEOUT_MS });
	}
}

/** In parts that a filter may list. */
export function listed<T>(items: readonly T[], size = LISTED): T[][] {
	return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
