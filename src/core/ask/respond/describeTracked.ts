import type { FinishedInteraction, InteractionContext, TrackedInteraction } from '#core/domain/interaction';
import { LEARNED_COLLECTIONS } from '#core/domain/knowledge';
import type { LocalOnlyCheck } from '#core/domain/localOnly';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ClockPort, FilePort } from '#core/ports';
import type { VectorStore } from '#core/store/vectorStore';
import type { FolderStores } from '../search/candidates.ts';
import { embedQuestion } from '../search/embedQuestion.ts';

/** Points of one interaction that are looked up. */
const MOST_CONTEXTS = 200;

/** What an agent reports, with what is known here of its context. It belongs to the folder of its first piece of code, else to the first folder. */
export async function describeTracked(
	tracked: TrackedInteraction,
	options: {
		readonly stores: readonly FolderStores[];
		readonly knowledge: VectorStore | null;
		readonly embedding: () => Promise<EmbeddingModel | null>;
		readonly localOnly: LocalOnlyCheck;
		readonly files: Pick<FilePort, 'join'>;
		readonly clock: ClockPort;
		readonly signal?: AbortSignal;
	},
): Promise<FinishedInteraction> {
	const { stores, knowledge, files, clock } = options;
	const ids = [...new Set(tracked.contextIds)].slice(0, MOST_CONTEXTS);
	const contexts = await contextsOf(ids, stores, knowledge);
	const folderOf = (workspaceId: string) => stores.find(({ worktree }) => worktree.id === workspaceId)?.worktree;
	const paths = contexts.flatMap(({ workspaceId, filePath }) => {
		const folder = filePath === '' ? undefined : folderOf(workspaceId);
		return folder ? [{ path: files.join(folder.path, ...filePath.split('/')) }] : [];
	});
	const verdicts = await options.localOnly(paths);
	const isLocalOnly = verdicts.some((verdict) => verdict !== 'open' && verdict !== 'missing');
	const embedding = async () => {
		const model = await options.embedding();
		return isLocalOnly && model?.isRemote ? null : model;
	};
	const worktree = folderOf(contexts.find(({ filePath }) => filePath !== '')?.workspaceId ?? '') ?? stores[0]?.worktree;
	const about = { interactionId: tracked.id, workspaceId: worktree?.id ?? null };
	const { model, vector } = await embedQuestion(tracked.query, { embedding, clock, ...about, signal: options.signal });
	const { id, query, response, modelId, isRemote, tokensUsed, latencyMs, follows, agent } = tracked;
	return {
		...{ id, query, response, modelId, isRemote, tokensUsed, latencyMs, follows, agent, contexts },
		embedding: model && vector ? { model: model.id, vector } : null,
		workspaceId: worktree?.id ?? null,
		repositoryId: worktree?.repositoryId ?? null,
		timeMs: clock.nowMs(),
		isLocalOnly,
		retryOf: null,
	};
}

/** In the order of `ids`; code of the open folders, and learned items that these folders may use. */
async function contextsOf(ids: readonly string[], stores: readonly FolderStores[], knowledge: VectorStore | null): Promise<InteractionContext[]> {
	const found = new Map<string, InteractionContext>();
	for (const { vectors, worktree } of stores) {
		for (const { id, payload } of await vectors.get('codebase-context', ids)) {
			// Worktrees of one repository share a store: a point belongs to the folder that it names.
			if (payload.workspace_id !== worktree.id) continue;
			const { file_path: filePath, symbol, code_snippet: text } = payload;
			found.set(id, { pointId: id, collection: 'codebase-context', workspaceId: worktree.id, filePath, symbol, text });
		}
	}
	const open = new Set(stores.map(({ worktree }) => worktree.id));
	for (const collection of knowledge ? LEARNED_COLLECTIONS : []) {
		if (collection === 'interaction-history') continue;
		for (const { id, payload } of (await knowledge?.get(collection, ids)) ?? []) {
			if (payload.workspace_id !== null && !open.has(payload.workspace_id)) continue;
			found.set(id, { pointId: id, collection, workspaceId: '', filePath: '', symbol: null, text: textOf(payload) });
		}
	}
	return ids.flatMap((id) => found.get(id) ?? []);
}

/** All that an item says: whether an answer used it is told by its words. */
function textOf(payload: object): string {
	return ['description', 'usage_pattern', 'solution', 'error_message']
		.map((name) => (payload as Readonly<Record<string, unknown>>)[name])
		.filter((value) => typeof value === 'string')
		.join('\n');
}
