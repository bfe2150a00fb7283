import type { CollectionName, PayloadOf } from '#core/domain/collection';
import type { KnowledgeHit } from '#core/domain/hit';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { Settings } from '#core/settings';
import type { VectorStore } from '#core/store/vectorStore';

type Learned = KnowledgeHit['collection'];

/** Title and text of an item, as they go into a prompt. */
const DESCRIBE: { readonly [C in Exclude<Learned, 'interaction-history'>]: (payload: PayloadOf[C]) => { readonly title: string; readonly text: string } } = {
	'skills-patterns': ({ skill_name, description, usage_pattern }) => ({ title: skill_name, text: `${description}\n${usage_pattern}` }),
	'error-solutions': ({ error_message, solution }) => ({ title: error_message.split('\n', 1)[0] ?? '', text: solution }),
	'best-practices': ({ title, description, examples }) => ({ title, text: [description, ...examples].join('\n') }),
};

/** Skills, error solutions and practices near the question, each collection with its own limit and threshold. Retired ones are left out. */
export async function searchKnowledge(
	store: VectorStore | null,
	model: EmbeddingModel | null,
	query: string,
	settings: Settings['search'],
	signal?: AbortSignal,
): Promise<KnowledgeHit[]> {
	if (!store || !model) return [];
	const limits: Readonly<Record<keyof typeof DESCRIBE, { readonly limit: number; readonly threshold: number }>> = {
		'skills-patterns': { limit: settings.skillLimit, threshold: settings.skillThreshold },
		'error-solutions': { limit: settings.errorLimit, threshold: settings.errorThreshold },
		'best-practices': { limit: settings.practiceLimit, threshold: settings.practiceThreshold },
	};
	const counts = await Promise.all(Object.keys(limits).map((collection) => store.count(collection as CollectionName)));
	if (counts.every((count) => count === 0)) return [];
	await store.useEmbeddingModel(model.id, model.dimension);
	const [vector] = await model.embed([query], { purpose: 'query', ...(signal ? { signal } : {}) });
	if (!vector) return [];
	const search = async <C extends keyof typeof DESCRIBE>(collection: C): Promise<KnowledgeHit[]> => {
		const { limit, threshold } = limits[collection];
		const filter = { must_not: [{ key: 'status', match: { value: 'retired' } }] };
		const found = await store.search(collection, { dense: { vector }, filter, limit });
		return found
			.map(({ id, payload, score }) => ({ id, collection, ...DESCRIBE[collection](payload as never), relevance: model.calibrate(score) }))
			.filter(({ relevance }) => relevance >= threshold);
	};
	return (await Promise.all([search('skills-patterns'), search('error-solutions'), search('best-practices')])).flat();
}
