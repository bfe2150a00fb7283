import { throwIfAborted } from '#core/base/abort';
import type { AugmentedQuestion } from '#core/domain/answer';
import type { Hit, KnowledgeHit } from '#core/domain/hit';
import { type LocalOnlyCheck, mayRead } from '#core/domain/localOnly';
import type { AskQuery } from '#core/domain/requests';
import { loadTokenCounter } from '#core/domain/tokenCount';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { Settings } from '#core/settings';
import type { VectorStore } from '#core/store/vectorStore';
import type { FolderStores } from '../search/candidates.ts';
import { augmentQuestion } from './augmentQuestion.ts';
import { quotedFiles, type ReadAttachments } from './readAttachments.ts';
import { searchKnowledge } from './searchKnowledge.ts';

export interface AugmenterOptions {
	readonly stores: () => readonly FolderStores[];
	readonly knowledge: () => VectorStore | null;
	readonly keepTrue?: (hits: readonly KnowledgeHit[]) => Promise<readonly KnowledgeHit[]>;
	/** Verified solutions of the errors that a text quotes, best first. Absent: none are known. */
	readonly solutionsFor?: (text: string, leavesMachine: boolean) => Promise<readonly KnowledgeHit[]>;
	readonly catalogue: { loadedEmbedding(): EmbeddingModel | null };
	readonly localOnly: LocalOnlyCheck;
	readonly settings: () => Settings;
}

/** Makes the prompts of one question. With `leavesMachine`, without learned items that stem from local-only text. */
export type Augment = (hits: readonly Hit[], attachments: ReadAttachments, query: AskQuery, leavesMachine: boolean) => Promise<AugmentedQuestion>;

/**
 * `augmentQuestion` with what was learned that is near the question. `asked` is the question as it came, of which an audience may see less;
 * `embedding` that of what was searched for.
 */
export function createAugmenter(
	options: AugmenterOptions,
): (asked: AskQuery, embedding: { readonly model: string; readonly vector: Float32Array } | null, signal?: AbortSignal) => Augment {
	const { catalogue, settings } = options;

	return (asked, embedding, signal) => async (hits, attachments, query, leavesMachine) => {
		const countTokens = await loadTokenCounter();
		throwIfAborted(signal);
		const model = catalogue.loadedEmbedding();
		const isShown = model !== null && (await mayRead(model, quotedFiles(asked), options.localOnly)).every(Boolean);
		const near = await searchKnowledge({
			store: options.knowledge(),
			model: isShown ? model : null,
			query: query.prompt,
			// An explanation is searched for with the text that is to be explained.
			embedding: query.command === 'explain' ? null : embedding,
			settings: settings(),
			leavesMachine,
			workspaceIds: options.stores().map(({ worktree }) => worktree.id),
			...(options.keepTrue ? { keepTrue: options.keepTrue } : {}),
			...(signal ? { signal } : {}),
		});
		const { errorLimit, errorThreshold } = settings().search;
		const solved = (await options.solutionsFor?.(query.prompt, leavesMachine)) ?? [];
		const known = solved.filter(({ relevance }) => relevance >= errorThreshold);
		const isTrue = options.keepTrue ? await options.keepTrue(known) : known;
		const knowledge = withKnown(isTrue.slice(0, errorLimit), near, errorLimit);
		return augmentQuestion({ query, hits, attachments, knowledge, settings: settings().search, countTokens });
	};
}

/** What solved the very kind of error goes before what is only near. */
function withKnown(known: readonly KnowledgeHit[], near: readonly KnowledgeHit[], errorLimit: number): readonly KnowledgeHit[] {
	const ids = new Set(known.map(({ id }) => id));
	const others = near.filter(({ id }) => !ids.has(id));
	const isError = ({ collection }: KnowledgeHit) => collection === 'error-solutions';
	return [...known, ...others.filter((hit) => !isError(hit)), ...others.filter(isError).slice(0, errorLimit - known.length)];
}
