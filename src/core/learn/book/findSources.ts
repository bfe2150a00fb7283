import type { CommonPayload, SkillsPatternsPayload } from '#core/domain/collection';
import type { KnowledgeSource } from '#core/domain/knowledge';
import type { OutcomeStore } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Where an item comes from and where it was used, newest first: the interactions of its provenance, of its evidence, and those that it earned credits in. */
export async function findSources(
	{ store, outcomes }: { readonly store: VectorStore; readonly outcomes: OutcomeStore },
	id: string,
	payload: CommonPayload & Partial<Pick<SkillsPatternsPayload, 'evidence'>>,
): Promise<readonly KnowledgeSource[]> {
	const roles = new Map<string, KnowledgeSource['role']>();
	for (const { interactionId } of (await outcomes.creditsAt([id])).get(id) ?? []) roles.set(interactionId, 'used-in');
	for (const { interaction_id, role } of payload.evidence ?? []) if (role === 'used') roles.set(interaction_id, 'used-in');
	for (const source of payload.provenance) if (UUID.test(source)) roles.set(source, 'learned-from');
	const known = new Map((await store.get('interaction-history', [...roles.keys()])).map((point) => [point.id, point.payload]));
	const sources = [...roles].map(([interactionId, role]): KnowledgeSource => {
		const interaction = known.get(interactionId);
		return {
			interactionId,
			role,
			query: interaction?.query ?? null,
			timeMs: interaction ? Date.parse(interaction.timestamp) : null,
			agent: interaction?.provenance[0] ?? null,
			modelId: interaction?.model_used ?? null,
			outcome: interaction?.outcome ?? null,
		};
	});
	return sources.sort((a, b) => (b.timeMs ?? 0) - (a.timeMs ?? 0) || (a.interactionId < b.interactionId ? -1 : 1));
}
