import type { SkillEvidence, SkillsPatternsPayload } from '#core/domain/collection';
import type { ClockPort } from '#core/ports';
import type { Settings } from '#core/settings';
import type { ExtractionStore } from '#core/store/extractionStore';
import type { OutcomeStore } from '#core/store/outcomeStore';
import type { LearnedStore } from '#core/store/vectorStore';
import type { SettledInteraction } from '../learningLoop.ts';
import { updateItem } from '../updateItem.ts';
import { judgeSkill, withEvidence } from './judgeSkill.ts';

const LONGEST_EXAMPLE = 200;

export interface SkillKeeper {
	/** Brings the skills up to date that an interaction used, and the one that was learned from it. The same however often it is called. */
	settled(interaction: SettledInteraction): Promise<void>;
	/** The same for a skill that an interaction has just given. */
	learned(skillId: string, interaction: SettledInteraction): Promise<void>;
	/** Takes away what these interactions said, and judges anew. */
	forgetEvidence(interactionIds: readonly string[]): Promise<void>;
}

/** Keeps value, examples and status of skills to what their interactions say. */
export function createSkillKeeper(options: {
	readonly store: LearnedStore;
	readonly outcomes: OutcomeStore;
	readonly extractions: Pick<ExtractionStore, 'skillOf'>;
	readonly settings: () => Settings;
	readonly clock: Pick<ClockPort, 'nowMs'>;
}): SkillKeeper {
	const { store, outcomes, extractions, settings, clock } = options;

	/** `unsettled`: of an interaction whose credits are not stored yet. */
	async function judge(id: string, skill: SkillsPatternsPayload, evidence: readonly SkillEvidence[], unsettled?: SettledInteraction): Promise<SkillsPatternsPayload> {
		const stored = (await outcomes.creditsAt([id])).get(id) ?? [];
		const credits = [
			...stored.filter(({ interactionId }) => interactionId !== unsettled?.id),
			...(unsettled?.usedItems.includes(id) ? [{ ...unsettled.credit, interactionId: unsettled.id, place: id }] : []),
		];
		const judged = judgeSkill({ ...skill, evidence }, credits, { nowMs: clock.nowMs(), halfLifeDays: settings().learning.halfLifeDays });
		const isChanged = judged.status !== skill.status;
		const now = new Date(clock.nowMs()).toISOString();
		return { ...skill, ...judged, evidence, last_updated: now, ...(isChanged ? { status_since: now } : {}) };
	}

	async function update(interaction: SettledInteraction, learnedId: string | null): Promise<void> {
		if (interaction.estimate.label === null) return;
		const { usedItems } = interaction;
		for (const id of new Set([...usedItems, ...(learnedId === null ? [] : [learnedId])])) {
			await updateItem(store, 'skills-patterns', id, async (skill) => {
				if (!skill) return null;
				let evidence = skill.evidence ?? [];
				if (id === learnedId) evidence = withEvidence(evidence, evidenceOf(interaction, 'source'));
				if (usedItems.includes(id)) evidence = withEvidence(evidence, evidenceOf(interaction, 'used'));
				return { payload: await judge(id, skill, evidence, interaction) };
			});
		}
	}

	return {
		settled: async (interaction) => update(interaction, await extractions.skillOf(interaction.id)),
		learned: (skillId, interaction) => update(interaction, skillId),

		async forgetEvidence(interactionIds) {
			const gone = new Set(interactionIds);
			for (let offset: string | undefined; ; ) {
				const page = await store.scroll('skills-patterns', { limit: 500, ...(offset === undefined ? {} : { offset }) });
				for (const { id } of page.points) {
					await updateItem(store, 'skills-patterns', id, async (skill) => {
						const { evidence = [], provenance = [] } = skill ?? {};
						const kept = evidence.filter(({ interaction_id }) => !gone.has(interaction_id));
						if (!skill || (kept.length === evidence.length && !provenance.some((name) => gone.has(name)))) return null;
						return { payload: { ...(await judge(id, skill, kept)), provenance: provenance.filter((name) => !gone.has(name)) } };
					});
				}
				if (page.nextOffset === null) return;
				offset = page.nextOffset;
			}
		},
	};
}

/** What an interaction says of a skill. */
export function evidenceOf(
	{ id, payload, estimate, valueScore }: Omit<SettledInteraction, 'credit' | 'usedItems' | 'contexts'>,
	role: SkillEvidence['role'],
): SkillEvidence {
	return {
		interaction_id: id,
		conversation_id: payload.conversation_id ?? id,
		role,
		outcome: estimate.label ?? 'partial',
		// Examples go along when a skill is exported.
		text: payload.local_only ? '' : payload.query.replace(/\s+/g, ' ').trim().slice(0, LONGEST_EXAMPLE),
		value_score: valueScore,
		timestamp: payload.timestamp,
	};
}

/** Whether the user has taken a skill for their own: confirmed, edited or pinned it. */
export function isOwned({ pinned, status_by, status, provenance }: SkillsPatternsPayload): boolean {
	return pinned === true || (status_by === 'user' && status === 'active') || provenance.includes('user');
}
