import type { ServerRecord } from './qdrantPoints.ts';
import { type QdrantTransport, WRITE_TIMEOUT_MS } from './qdrantTransport.ts';
import { RecordReader } from './recordReader.ts';
import type { Tenancy } from './tenancy.ts';

const PAGE = 128;

/**
 * Makes a user's points in one physical collection what they are in another, but for the vectors of the model, which cannot be compared: those that
 * the target has for the same content stay, so a return to a model costs no embedding. Can be interrupted and run again.
 */
export async function moveSpace(transport: QdrantTransport, { user }: Tenancy, from: string, to: string): Promise<void> {
	const reader = new RecordReader(transport);
	const filter = { must: [{ key: 'owner', match: { value: user } }] };
	let offset: string | undefined;
	do {
		const page = await reader.page(from, { filter, limit: PAGE, offset, payload: true, vectors: true });
		const kept = new Map(
			(
				await reader.get(
					to,
					page.points.map(({ id }) => String(id)),
					['content_hash'],
					['dense'],
				)
			).map((record) => [record.id, record]),
		);
		const points = page.points.map((record) => ({ ...pointOf(record), vector: vectorsOf(record, kept.get(record.id)) }));
		if (points.length > 0) await transport.request('PUT', `/collections/${to}/points?wait=true`, { body: { points }, timeoutMs: WRITE_TIMEOUT_MS });
		offset = page.nextOffset ?? undefined;
	} while (offset !== undefined);
	await deleteOthers(transport, reader, filter, from, to);
}

function pointOf({ id, payload }: ServerRecord) {
	return { id, payload };
}

function vectorsOf({ vector, payload }: ServerRecord, kept: ServerRecord | undefined) {
	const { dense: _, ...rest } = vector ?? {};
	const dense = kept?.payload?.content_hash === payload?.content_hash ? kept?.vector?.dense : undefined;
	return { ...rest, ...(dense ? { dense } : {}) };
}

/** What was deleted while the other model was in use goes here too. */
async function deleteOthers(
	transport: QdrantTransport,
	reader: RecordReader,
	filter: { readonly must: { key: string; match: { value: string } }[] },
	from: string,
	to: string,
): Promise<void> {
	let offset: string | undefined;
	do {
		const page = await reader.page(to, { filter, limit: PAGE, offset, payload: [] });
		const ids = page.points.map(({ id }) => String(id));
		const present = new Set((await reader.get(from, ids, [])).map(({ id }) => String(id)));
		const points = ids.filter((id) => !present.has(id));
		if (points.length > 0) await transport.request('POST', `/collections/${to}/points/delete?wait=true`, { body: { points }, timeoutMs: WRITE_TIMEOUT_MS });
		offset = page.nextOffset ?? undefined;
	} while (offset !== undefined);
}
