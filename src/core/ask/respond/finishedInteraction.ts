import type { AnswerSummary, AugmentedQuestion } from '#core/domain/answer';
import type { FinishedInteraction } from '#core/domain/interaction';
import type { AskQuery } from '#core/domain/requests';
import type { FolderStores } from '../search/candidates.ts';
import type { FoundCode } from '../search/searchCode.ts';

/** What is remembered of an answer. A question over several folders belongs to that of its best context, else to the first. */
export function finishedInteraction(options: {
	readonly query: AskQuery;
	readonly found: FoundCode;
	readonly question: AugmentedQuestion;
	readonly summary: AnswerSummary;
	readonly firstFolder: FolderStores | undefined;
	/** Whether the answer was made with what may not leave this machine. */
	readonly isLocalOnly: boolean;
	readonly timeMs: number;
}): FinishedInteraction {
	const { query, found, question, summary, firstFolder, isLocalOnly, timeMs } = options;
	const { model, usage, context } = summary;
	const workspaceId = question.code[0]?.workspaceId ?? firstFolder?.worktree.id ?? null;
	const ranking = found.rankings.find((folder) => folder.workspaceId === workspaceId);
	return {
		id: query.interactionId,
		query: query.prompt,
		embedding: found.embedding,
		response: summary.text,
		modelId: model?.id ?? 'none',
		isRemote: model?.isRemote ?? false,
		workspaceId,
		repositoryId: firstFolder?.worktree.repositoryId ?? null,
		contexts: [
			...question.code.flatMap(({ ids, workspaceId, filePath, symbol, text }) =>
				ids.map((pointId) => ({ pointId, collection: 'codebase-context' as const, workspaceId, filePath, symbol, text })),
			),
			...question.knowledge.map(({ id, collection, text }) => ({ pointId: id, collection, workspaceId: '', filePath: '', symbol: null, text })),
		],
		tokensUsed: usage ? usage.inputTokens + usage.outputTokens : context.tokens,
		latencyMs: summary.timings.totalMs,
		timeMs,
		isLocalOnly,
		follows: query.follows ?? null,
		retryOf: query.retryOf ?? null,
		agent: query.agent ?? 'user',
		...(ranking ? { ranking } : {}),
	};
}
