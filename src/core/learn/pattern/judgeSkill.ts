import type { SkillEvidence, SkillsPatternsPayload } from '#core/domain/collection';
import { decayedSuccessRate, type Evidence } from '#core/domain/experience';

/** Conversations in which a proposed skill must have gone well to be active. */
const CONFIRMED_BY = 3;
/** An active skill is retired below this rate, once so much evidence speaks: two clear failures and no success do. */
const RETIRED_BELOW = 0.35;
const RETIRED_WITH = 1.5;
/** Examples of each kind that are shown; the newest. */
const MOST_EXAMPLES = 5;
/** Interactions that a skill remembers; the newest. */
const MOST_EVIDENCE = 40;

/** Adds what an interaction says, in place of what it said before. The order of additions makes no difference. */
export function withEvidence(known: readonly SkillEvidence[], added: SkillEvidence): readonly SkillEvidence[] {
	const others = known.filter(({ interaction_id, role }) => interaction_id !== added.interaction_id || role !== added.role);
	return [...others, added].sort(byAge).slice(-MOST_EVIDENCE);
}

/** The fields of a skill that follow from its evidence and from the credits that it earned by being sent. A pinned skill keeps its status. */
export function judgeSkill(
	skill: Pick<SkillsPatternsPayload, 'status' | 'status_by' | 'status_since' | 'pinned' | 'value_score'> & { readonly evidence?: readonly SkillEvidence[] },
	credits: readonly Evidence[],
	at: { readonly nowMs: number; readonly halfLifeDays: number },
): Pick<SkillsPatternsPayload, 'status' | 'status_by' | 'value_score' | 'success_examples' | 'failure_examples'> {
	const evidence = skill.evidence ?? [];
	const textsOf = (outcome: SkillEvidence['outcome']) =>
		[...new Set(evidence.filter((one) => one.outcome === outcome && one.text !== '').map(({ text }) => text))].slice(-MOST_EXAMPLES);
	const status = skill.pinned ? null : judgeStatus(skill, evidence, credits, at);
	return {
		status: status ?? skill.status,
		...(status !== null && status !== skill.status ? { status_by: 'evidence' as const } : { status_by: skill.status_by }),
		value_score: worthFrom(evidence, credits, at, skill.value_score),
		success_examples: textsOf('success'),
		failure_examples: textsOf('failure'),
	};
}

/** Null: as it is. What the user decided stands until newer evidence says otherwise. */
function judgeStatus(
	{ status, status_by, status_since }: Parameters<typeof judgeSkill>[0],
	evidence: readonly SkillEvidence[],
	credits: readonly Evidence[],
	{ nowMs, halfLifeDays }: Parameters<typeof judgeSkill>[2],
): SkillsPatternsPayload['status'] | null {
	if (status === 'retired') return null;
	const sinceMs = status_by === 'user' && status_since !== undefined ? Date.parse(status_since) : Number.NEGATIVE_INFINITY;
	const counted = credits.filter(({ timeMs }) => timeMs > sinceMs);
	const { rate, evidence: weight } = decayedSuccessRate(counted, nowMs, halfLifeDays);
	if (weight >= RETIRED_WITH && rate < RETIRED_BELOW) return 'retired';
	// What was demoted because its code is gone comes back with the code.
	if (status_by === 'user' || (status_by === 'tree' && status === 'proposed')) return null;
	const successes = evidence.filter(({ outcome }) => outcome === 'success');
	// All that it was learned from turned out to be wrong.
	const hasOnlyFailed = evidence.some(({ role }) => role === 'source') && successes.length === 0 && evidence.every(({ outcome }) => outcome === 'failure');
	if (hasOnlyFailed) return 'retired';
	return status === 'proposed' && new Set(successes.map(({ conversation_id }) => conversation_id)).size >= CONFIRMED_BY ? 'active' : null;
}

/** The value of what it was learned from, two pseudo-counts strong, moved by how it went when it was used. */
function worthFrom(evidence: readonly SkillEvidence[], credits: readonly Evidence[], { nowMs, halfLifeDays }: Parameters<typeof judgeSkill>[2], before: number): number {
	const sources = evidence.filter(({ role }) => role === 'source');
	const prior = sources.length > 0 ? sources.reduce((sum, { value_score }) => sum + value_score, 0) / sources.length : before;
	const { rate, evidence: weight } = decayedSuccessRate(credits, nowMs, halfLifeDays);
	const successes = rate * (2 + weight) - 1;
	return sources.length === 0 && weight === 0 ? before : (2 * prior + successes) / (2 + weight);
}

function byAge(a: SkillEvidence, b: SkillEvidence): number {
	return a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : a.interaction_id < b.interaction_id ? -1 : 1;
}
