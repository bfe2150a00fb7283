import { throwIfAborted } from '#core/base/abort';
import { LEARNED_COLLECTIONS } from '#core/domain/knowledge';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { VectorStore } from '#core/store/vectorStore';

const BATCH = 32;

/** Gives every learned item its vector under the model: after an edit, an import, or a change of model. Returns how many were made. */
export async function embedLearned(store: VectorStore, model: EmbeddingModel, signal?: AbortSignal): Promise<number> {
	await store.useEmbeddingModel(model.id, model.dimension);
	let made = 0;
	for (const collection of LEARNED_COLLECTIONS) {
		for (;;) {
			const missing = await store.missingVectors(collection, { limit: BATCH });
			if (missing.length === 0) break;
			const purpose = collection === 'interaction-history' ? 'query' : 'document';
			const vectors = await model.embed(
				missing.map(({ text }) => text),
				{ purpose, ...(signal ? { signal } : {}) },
			);
			throwIfAborted(signal);
			const found = missing.flatMap(({ contentHash }, index) => (vectors[index] ? [{ contentHash, vector: vectors[index] }] : []));
			await store.putVectors(found);
			made += found.length;
			// A model that leaves texts out would be asked for them for ever.
			if (found.length < missing.length) break;
		}
	}
	return made;
}
