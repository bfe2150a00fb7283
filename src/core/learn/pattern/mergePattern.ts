import { throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { SkillEvidence, SkillsPatternsPayload } from '#core/domain/collection';
import { contentHash, contentUuid } from '#core/domain/contentId';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { StoredPoint, VectorStore } from '#core/store/vectorStore';
import type { Pattern } from './pattern.ts';

/** Cosine from which two patterns are one. */
const SAME_PATTERN = 0.9;

/** The text of a skill that is embedded and searched: the same that a store makes of the payload. */
export function skillText({ skill_name, description, usage_pattern }: Pick<SkillsPatternsPayload, 'skill_name' | 'description' | 'usage_pattern'>): string {
	return [skill_name, description, usage_pattern].join('\n');
}

/**
 * Stores a pattern: as an example more of the skill that says the same, else as a new skill that is proposed. A retired skill takes the
 * example too and stays retired. The id follows from the interaction, so that a second run after a crash replaces what the first one wrote.
 */
export async function mergePattern(options: {
	readonly store: VectorStore;
	readonly embedding: EmbeddingModel | null;
	readonly pattern: Pattern;
	readonly evidence: SkillEvidence;
	readonly interaction: { readonly workspaceId: string | null; readonly repositoryId: string | null; readonly agent: readonly string[] };
	readonly anchors: readonly string[];
	readonly timestamp: string;
	readonly signal: AbortSignal;
}): Promise<{ readonly skillId: string; readonly isNew: boolean }> {
	const { store, embedding, pattern, evidence, interaction, signal } = options;
	const texts = { skill_name: pattern.problem_type, description: pattern.solution_approach, usage_pattern: pattern.generalizable_pattern };
	const text = skillText(texts);
	const about = { interactionId: evidence.interaction_id, workspaceId: interaction.workspaceId };
	const embedded = embedding?.embed([text], { purpose: 'document', ...about, signal }).catch((error: unknown) => {
		// The pattern is made: it is kept without a vector, which it gets when there is money again.
		if (CoordinatorError.is(error, 'over-budget')) return [];
		throw error;
	});
	const [vector] = (await embedded) ?? [];
	if (embedding && vector) await store.useEmbeddingModel(embedding.id, embedding.dimension);
	const hash = await contentHash(`skills-patterns\n${text}`);
	const same = await findSame(store, vector, hash, interaction.workspaceId);
	const skillId = await contentUuid(`skill\n${evidence.interaction_id}`);
	// From here on nothing waits: whoever forgets the interaction ends the extraction first, and finds what is written now.
	throwIfAborted(signal);
	if (same) {
		const { provenance, related_skills } = same.payload;
		await store.setPayload('skills-patterns', [same.id], {
			provenance: [...new Set([...provenance, evidence.interaction_id])],
			related_skills: [...new Set([...related_skills, ...pattern.skills_used])].slice(0, 20),
			last_updated: options.timestamp,
		});
		return { skillId: same.id, isNew: false };
	}
	await store.upsert('skills-patterns', [
		{
			id: skillId,
			...(vector ? { vector } : {}),
			payload: {
				...texts,
				success_examples: [evidence.text],
				failure_examples: [],
				prerequisites: [],
				related_skills: pattern.skills_used,
				value_score: evidence.value_score,
				last_updated: options.timestamp,
				evidence: [],
				workspace_id: interaction.workspaceId,
				repository_id: interaction.repositoryId,
				scope: 'workspace',
				status: 'proposed',
				provenance: [evidence.interaction_id, ...interaction.agent.map((name) => `agent:${name}`)],
				embedding_model: embedding?.id ?? null,
				content_hash: hash,
				anchors: options.anchors,
			},
		},
	]);
	return { skillId, isNew: true };
}

/** By meaning; without a vector by the very text. Of the interaction's workspace, or of none. */
async function findSame(
	store: VectorStore,
	vector: Float32Array | undefined,
	hash: string,
	workspaceId: string | null,
): Promise<StoredPoint<'skills-patterns'> | undefined> {
	const here = { key: 'workspace_id', match: { any: [workspaceId ?? '', ''] } };
	if (!vector) return (await store.scroll('skills-patterns', { filter: { must: [here, { key: 'content_hash', match: { value: hash } }] }, limit: 1 })).points[0];
	const [nearest] = await store.search('skills-patterns', { dense: { vector }, filter: { must: [here] }, limit: 1 });
	if (!nearest || nearest.score < SAME_PATTERN) return undefined;
	return (await store.get('skills-patterns', [nearest.id]))[0];
}
