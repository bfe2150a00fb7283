import type { KnowledgeHit } from '#core/domain/hit';
import type { KnowledgeSearch } from '#core/domain/knowledge';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { Settings } from '#core/settings';
import type { VectorStore } from '#core/store/vectorStore';
import { searchKnowledge } from './searchKnowledge.ts';

/** Who asks for learned items sees also those that would not be sent along unasked: from this share of the usual threshold on. */
const ASKED_FOR = 0.5;

/**
 * Learned items near a text, for who asks for them by name: `limit` of each collection that is wanted, best first. Programs do, whose models
 * nobody knows, so nothing is found that stems from local-only text. An embedding server that does not answer rejects; no model at all finds nothing.
 */
export async function findKnowledge(
	options: KnowledgeSearch & {
		readonly store: VectorStore | null;
		readonly embedding: () => Promise<EmbeddingModel | null>;
		readonly settings: Pick<Settings, 'search' | 'learning'>;
		readonly workspaceIds: readonly string[];
		readonly keepTrue?: (hits: readonly KnowledgeHit[]) => Promise<readonly KnowledgeHit[]>;
		readonly signal?: AbortSignal;
	},
): Promise<readonly KnowledgeHit[]> {
	const { text, collections, limit, settings, store, workspaceIds, keepTrue, signal } = options;
	const { search, learning } = settings;
	const limitOf = (collection: KnowledgeSearch['collections'][number]) => (collections.includes(collection) ? limit : 0);
	const hits = await searchKnowledge({
		store,
		model: await options.embedding(),
		query: text,
		settings: {
			learning,
			search: {
				...search,
				skillLimit: limitOf('skills-patterns'),
				skillThreshold: search.skillThreshold * ASKED_FOR,
				errorLimit: limitOf('error-solutions'),
				errorThreshold: search.errorThreshold * ASKED_FOR,
				practiceLimit: limitOf('best-practices'),
				practiceThreshold: search.practiceThreshold * ASKED_FOR,
			},
		},
		workspaceIds,
		leavesMachine: true,
		...(keepTrue ? { keepTrue } : {}),
		...(signal ? { signal } : {}),
	});
	return [...hits].sort((a, b) => b.relevance - a.relevance);
}
