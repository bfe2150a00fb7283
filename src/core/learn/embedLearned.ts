import { throwIfAborted } from '#core/base/abort';
import { LEARNED_COLLECTIONS, type LearnedCollection } from '#core/domain/knowledge';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { VectorStore } from '#core/store/vectorStore';
import { readAll } from './book/readAll.ts';

const BATCH = 32;

/**
 * Gives every learned item its vector under the model: after an edit, an import, or a change of model. A model on another machine is not given
 * what stems from local-only text. Returns how many were made.
 */
export async function embedLearned(store: VectorStore, model: EmbeddingModel, signal?: AbortSignal): Promise<number> {
	await store.useEmbeddingModel(model.id, model.dimension);
	const size = model.requestSize ?? BATCH;
	let made = 0;
	for (const collection of LEARNED_COLLECTIONS) {
		const kept = model.isRemote ? await localOnlyContents(store, collection) : new Set();
		for (;;) {
			const found = await store.missingVectors(collection, { limit: size + kept.size });
			const missing = found.filter(({ contentHash }) => !kept.has(contentHash)).slice(0, size);
			if (missing.length === 0) break;
			const purpose = collection === 'interaction-history' ? 'query' : 'document';
			const vectors = await model.embed(
				missing.map(({ text }) => text),
				{ purpose, ...(signal ? { signal } : {}) },
			);
			throwIfAborted(signal);
			const embedded = missing.flatMap(({ contentHash }, index) => (vectors[index] ? [{ contentHash, vector: vectors[index] }] : []));
			await store.putVectors(embedded);
			made += embedded.length;
			// A model that leaves texts out would be asked for them for ever.
			if (embedded.length < missing.length) break;
		}
	}
	return made;
}

async function localOnlyContents(store: VectorStore, collection: LearnedCollection): Promise<ReadonlySet<string>> {
	const contents = new Set<string>();
	for await (const { payload } of readAll(store, collection)) if (payload.local_only) contents.add(payload.content_hash);
	return contents;
}
