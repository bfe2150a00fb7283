import type { FinishedInteraction } from '#core/domain/interaction';
import { redactSecrets } from '#core/domain/redact';
import type { VectorPoint } from '#core/store/vectorStore';

/** Longer responses are cut: what is learned from is the question, and what the beginning of an answer shows. */
const LONGEST_RESPONSE = 20_000;
const LONGEST_QUERY = 8_000;

/** The point of `interaction-history` for an interaction of which nothing was heard yet. Secrets are blanked. */
export function interactionPoint(
	interaction: FinishedInteraction & { readonly isLocalOnly?: boolean },
	conversationId = interaction.id,
): VectorPoint<'interaction-history'> {
	const { id, embedding, workspaceId, contexts, isRemote } = interaction;
	return {
		id,
		...(embedding ? { vector: embedding.vector } : {}),
		payload: {
			query: redactSecrets(interaction.query).text.slice(0, LONGEST_QUERY),
			agent_type: isRemote ? 'remote' : 'local',
			model_used: interaction.modelId,
			context_provided: contexts.map(({ pointId }) => pointId),
			response: redactSecrets(interaction.response).text.slice(0, LONGEST_RESPONSE),
			outcome: null,
			user_feedback: 0,
			tokens_used: interaction.tokensUsed,
			latency_ms: Math.round(interaction.latencyMs),
			timestamp: new Date(interaction.timeMs).toISOString(),
			value_score: 0,
			conversation_id: conversationId,
			...(interaction.isLocalOnly ? { local_only: true } : {}),
			workspace_id: workspaceId,
			repository_id: interaction.repositoryId,
			scope: 'workspace',
			// What an agent says it did is a claim, until the user or the editor says something of it.
			status: interaction.agent === 'user' ? 'active' : 'proposed',
			provenance: [interaction.agent],
			embedding_model: embedding?.model ?? null,
			// Its own: two interactions with one text are two, and deleting one must not take the other's vector.
			content_hash: `interaction-${id}`,
		},
	};
}
