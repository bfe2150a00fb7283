import { findKnowledge } from './ask/augment/findKnowledge.ts';
import type { CommandRoom } from './commandRoom.ts';
import type { Worktree } from './domain/file.ts';
import type { KnowledgeHit } from './domain/hit.ts';
import type { Coordinator } from './domain/requests.ts';
import type { EmbeddingModel } from './models/embeddingModel.ts';
import type { Settings } from './settings.ts';
import type { VectorStore } from './store/vectorStore.ts';

/** Composition of the search by whoever asks for learned items: first what solved the very kind of error that a text quotes, then what is near by meaning. */
export function createKnowledgeFinder(options: {
	readonly store: VectorStore;
	readonly embedding: () => Promise<EmbeddingModel | null>;
	readonly settings: () => Settings;
	readonly worktrees: () => readonly Worktree[];
	readonly commands: Pick<CommandRoom, 'solutionsFor' | 'messagesIn'>;
	readonly keepTrue: (hits: readonly KnowledgeHit[]) => Promise<readonly KnowledgeHit[]>;
}): Coordinator['findKnowledge'] {
	const { store, embedding, settings, worktrees, commands, keepTrue } = options;
	return async (request, signal) => {
		const wantsErrors = request.collections.includes('error-solutions');
		const known = wantsErrors ? await keepTrue(await commands.solutionsFor(request.text, true)) : [];
		// A whole output is near to nothing: what it is about are its errors.
		const text = wantsErrors ? commands.messagesIn(request.text) : request.text;
		const workspaceIds = worktrees().map(({ id }) => id);
		const near = await findKnowledge({ ...request, text, store, embedding, settings: settings(), workspaceIds, keepTrue, ...(signal ? { signal } : {}) });
		const ids = new Set(known.map(({ id }) => id));
		const others = near.filter(({ id }) => !ids.has(id));
		const isError = ({ collection }: KnowledgeHit) => collection === 'error-solutions';
		const errors = [...known, ...others.filter(isError)].slice(0, request.limit);
		return [...errors, ...others.filter((hit) => !isError(hit))];
	};
}
