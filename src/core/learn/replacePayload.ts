import type { PayloadOf } from '#core/domain/collection';
import type { LearnedCollection } from '#core/domain/knowledge';
import type { VectorStore } from '#core/store/vectorStore';

/**
 * Stores an item's payload whole, so that nothing is left of the one before: `setPayload` keeps what it replaces. What it once stored for the
 * item would outlive an `upsert`, so what it still hides is set again.
 */
export async function replacePayload<C extends LearnedCollection>(
	store: VectorStore,
	collection: C,
	id: string,
	payload: PayloadOf[C],
	vector?: Float32Array,
): Promise<void> {
	await store.upsert(collection, [{ id, payload, ...(vector ? { vector } : {}) }]);
	const [stored] = await store.get(collection, [id]);
	const wanted = Object.entries(payload);
	const found = stored?.payload as Readonly<Record<string, unknown>> | undefined;
	const hidden = wanted.filter(([name, value]) => JSON.stringify(found?.[name]) !== JSON.stringify(value));
	if (hidden.length > 0) await store.setPayload(collection, [id], Object.fromEntries(hidden) as Partial<PayloadOf[C]>);
}
