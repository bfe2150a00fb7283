import type { PayloadOf } from '#core/domain/collection';
import { contentHash, contentUuid } from '#core/domain/contentId';
import { type ImportReport, type ImportRequest, LEARNED_COLLECTIONS, type LearnedCollection } from '#core/domain/knowledge';
import { redactSecrets } from '#core/domain/redact';
import type { VectorStore } from '#core/store/vectorStore';
import { replacePayload } from '../replacePayload.ts';
import { type BundleItem, readBundle } from './bundle.ts';
import { contentKey, mergeItems } from './mergeItems.ts';
import { readAll } from './readAll.ts';
import { NOTHING } from './removeItems.ts';

/** Where items go that are not shared with all. */
export type ImportPlace = { readonly workspaceId: string; readonly repositoryId: string | null };
type Placed = ImportRequest & ImportPlace;

interface Entry {
	readonly id: string;
	readonly before: PayloadOf[LearnedCollection] | null;
	readonly payload: PayloadOf[LearnedCollection];
}

/**
 * Takes a bundle in, or tells what that would do. The whole bundle is checked first: one that is refused (`bundle-invalid`, `bundle-newer`)
 * changes nothing. Equal items become one, so that the same bundle again changes nothing either. What others wrote is not believed unless
 * the user says so: it comes in as proposed, without its record.
 */
export async function importBundle(store: VectorStore, request: Placed): Promise<ImportReport> {
	const items = readBundle(request.text);
	const report = { added: { ...NOTHING }, merged: { ...NOTHING }, unchanged: { ...NOTHING } } as Record<keyof ImportReport, Record<LearnedCollection, number>>;
	for (const collection of LEARNED_COLLECTIONS) {
		const incoming = items.filter((item) => item.collection === collection);
		if (incoming.length === 0) continue;
		const entries = await mergeAll(store, collection, incoming, request);
		for (const { id, before, payload } of entries) {
			const kind = before === null ? 'added' : JSON.stringify(before) === JSON.stringify(payload) ? 'unchanged' : 'merged';
			report[kind][collection]++;
			if (request.isApplied && kind !== 'unchanged') await replacePayload(store, collection, id, payload as never);
		}
	}
	return report;
}

/** What becomes of the items of one collection: one entry for each item here that the bundle touches. */
async function mergeAll(store: VectorStore, collection: LearnedCollection, incoming: readonly BundleItem[], request: Placed): Promise<readonly Entry[]> {
	const known = new Map<string, Entry>();
	const ids = new Set<string>();
	const keyOf = (payload: PayloadOf[LearnedCollection]) => `${payload.workspace_id ?? ''}\n${contentKey(collection, payload)}`;
	for await (const { id, payload } of readAll(store, collection)) {
		known.set(keyOf(payload), { id, before: payload, payload });
		ids.add(id);
	}
	const touched = new Map<string, Entry>();
	for (const item of incoming) {
		const payload = await toPayload(item, request);
		const key = keyOf(payload);
		const same = touched.get(key) ?? known.get(key);
		if (same) touched.set(key, { ...same, payload: mergeItems(collection, same.payload as never, payload as never) });
		else if (collection === 'interaction-history' && ids.has(item.id)) {
			// The same interaction in another workspace, or edited: the one here stays.
			const [point] = await store.get(collection, [item.id]);
			if (point) touched.set(item.id, { id: item.id, before: point.payload, payload: point.payload });
		} else {
			const id = await idOf(store, item, key);
			// An interaction's content is its own, see `interactionPoint`.
			touched.set(key, { id, before: null, payload: collection === 'interaction-history' ? { ...payload, content_hash: `interaction-${id}` } : payload });
		}
	}
	return [...touched.values()];
}

/** An interaction keeps its id where that is free; all else gets one of its content, so that no bundle chooses what it replaces. */
async function idOf(store: VectorStore, item: BundleItem, key: string): Promise<string> {
	const isFree = async () => (await Promise.all(LEARNED_COLLECTIONS.map((collection) => store.get(collection, [item.id])))).every((found) => found.length === 0);
	if (item.collection === 'interaction-history' && (await isFree())) return item.id;
	return contentUuid(`import\n${item.collection}\n${key}`);
}

async function toPayload(item: BundleItem, { workspaceId, repositoryId, isTrusted }: Placed): Promise<PayloadOf[LearnedCollection]> {
	const { collection } = item;
	const payload = redactAll(item.payload) as BundleItem['payload'];
	const isGlobal = isTrusted && payload.scope === 'global' && collection !== 'interaction-history';
	const agents = payload.provenance.filter((name) => name.startsWith('agent:'));
	const common = {
		...payload,
		workspace_id: isGlobal ? null : workspaceId,
		repository_id: isGlobal ? payload.repository_id : repositoryId,
		scope: isGlobal ? ('global' as const) : ('workspace' as const),
		provenance: [...new Set([...(isTrusted ? payload.provenance.filter((name) => name !== 'repository') : agents), 'import'])],
		embedding_model: null,
		content_hash: await contentHash(`${collection}\n${JSON.stringify(payload)}`),
		...(collection === 'interaction-history' ? { context_provided: [] } : {}),
	};
	if (isTrusted) return common as PayloadOf[LearnedCollection];
	return { ...common, ...DISTRUSTED[collection], status: payload.status === 'retired' ? 'retired' : 'proposed' } as PayloadOf[LearnedCollection];
}

/** What is not believed of a bundle of unknown origin: how well things went. */
const DISTRUSTED: { readonly [C in LearnedCollection]: Partial<PayloadOf[C]> } = {
	'skills-patterns': { evidence: [], value_score: 0.5 },
	'error-solutions': { solution_verified: false, success_count: 0, failure_count: 0, confidence_score: 0.5 },
	'best-practices': { endorsement_count: 0 },
	'interaction-history': { outcome: null, user_feedback: 0, value_score: 0 },
};

function redactAll(value: unknown): unknown {
	if (typeof value === 'string') return redactSecrets(value).text;
	if (Array.isArray(value)) return value.map(redactAll);
	if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redactAll(part)]));
	return value;
}
