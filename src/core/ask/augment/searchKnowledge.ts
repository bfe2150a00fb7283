import type { CollectionName, ErrorSolutionsPayload, PayloadOf } from '#core/domain/collection';
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

/** What a proposed item's relevance counts: it must fit better than one that has proved itself. */
const PROPOSED_SHARE = 0.85;
/** Of a solution of which nothing is known; one that fails more often than it works must be nearer to count as much, and one that works more often stands before it. */
const UNKNOWN_TRUST = trustIn(0.5);
/** Items looked at: some are retired, some not true any more. */
const LOOKED_AT = 50;
/** Items held against the tree for every one that may be sent. */
const CHECKED = 3;

/**
 * Skills, error solutions and practices near the question, each collection with its own limit and threshold: those of the open workspaces and
 * those that are shared with all. Retired ones are left out, proposed ones weigh less, and `keepTrue` leaves out what is not true any more.
 * Error solutions weigh as much as they are trusted; where nothing is said, or is known but failures, there is no solution.
 * With `leavesMachine` nothing is found that stems from local-only text.
 */
export async function searchKnowledge(options: {
	readonly store: VectorStore | null;
	readonly model: EmbeddingModel | null;
	readonly query: string;
	/** The query's vector, where it was made already; that of another model is not used. */
	readonly embedding?: { readonly model: string; readonly vector: Float32Array } | null;
	readonly settings: Pick<Settings, 'search' | 'learning'>;
	readonly workspaceIds: readonly string[];
	readonly leavesMachine: boolean;
	readonly keepTrue?: (hits: readonly KnowledgeHit[]) => Promise<readonly KnowledgeHit[]>;
	readonly signal?: AbortSignal;
}): Promise<KnowledgeHit[]> {
	const { store, model, query, leavesMachine, signal, keepTrue = async (hits) => hits } = options;
	const settings = options.settings.search;
	if (!store || !model || !options.settings.learning.enabled) return [];
	const limits: Readonly<Record<keyof typeof DESCRIBE, { readonly limit: number; readonly threshold: number }>> = {
		'skills-patterns': { limit: settings.skillLimit, threshold: settings.skillThreshold },
		'error-solutions': { limit: settings.errorLimit, threshold: settings.errorThreshold },
		'best-practices': { limit: settings.practiceLimit, threshold: settings.practiceThreshold },
	};
	const counts = await Promise.all(Object.keys(limits).map((collection) => store.count(collection as CollectionName)));
	if (counts.every((count) => count === 0)) return [];
	await store.useEmbeddingModel(model.id, model.dimension);
	const known = options.embedding?.model === model.id ? options.embedding.vector : null;
	const vector = known ?? (await model.embed([query], { purpose: 'query', ...(signal ? { signal } : {}) }))[0];
	if (!vector) return [];
	const search = async <C extends keyof typeof DESCRIBE>(collection: C): Promise<KnowledgeHit[]> => {
		const { limit, threshold } = limits[collection];
		// Points of no workspace are stored under the empty id. A filter on the status would read every point.
		const filter = { must: [{ key: 'workspace_id', match: { any: [...options.workspaceIds, ''] } }] };
		const ranked = await store.rank(collection, { dense: { vector }, filter, limit: LOOKED_AT });
		// Payloads can be large, and hardly any is near enough: only those are read.
		const near = new Map(ranked.map(({ id, score }) => [id, model.calibrate(score)] as const).filter(([, relevance]) => relevance >= threshold));
		const hits = (await store.get(collection, [...near.keys()]))
			.filter(({ payload }) => payload.status !== 'retired' && !(leavesMachine && payload.local_only))
			.filter(({ payload }) => !isErrorSolution(payload) || isSolution(payload))
			.map(({ id, payload }) => {
				const trust = isErrorSolution(payload) ? trustIn(payload.confidence_score) : 1;
				const relevance = (near.get(id) ?? 0) * (payload.status === 'proposed' ? PROPOSED_SHARE : 1) * trust;
				return { id, collection, ...DESCRIBE[collection](payload as never), relevance, ...(payload.local_only ? { isLocalOnly: true } : {}) };
			})
			.filter(({ relevance }) => relevance >= threshold * (collection === 'error-solutions' ? UNKNOWN_TRUST : 1))
			.sort((a, b) => b.relevance - a.relevance || (a.id < b.id ? -1 : 1))
			.slice(0, limit * CHECKED);
		return (await keepTrue(hits)).slice(0, limit);
	};
	return (await Promise.all([search('skills-patterns'), search('error-solutions'), search('best-practices')])).flat();
}

/** What a similar error's relevance counts: as that of the same kind of error, three quarters where nothing is known, all where it never failed. */
function trustIn(confidence: number): number {
	return (1 + confidence) / 2;
}

function isErrorSolution(payload: PayloadOf[Learned]): payload is ErrorSolutionsPayload {
	return 'solution' in payload;
}

function isSolution({ solution, success_count, failure_count }: ErrorSolutionsPayload): boolean {
	return solution.trim() !== '' && !(success_count === 0 && failure_count > 0);
}
