import type { PayloadOf } from '#core/domain/collection';
import type { LearnedCollection } from '#core/domain/knowledge';
import { withEvidence } from '../pattern/judgeSkill.ts';

const MOST_EXAMPLES = 10;
const MOST_NAMES = 50;

/** What makes two items of a collection one: their words, whatever their spaces and case. */
export function contentKey<C extends LearnedCollection>(collection: C, payload: Pick<PayloadOf[C], never>): string {
	return KEYS[collection]
		.map((name) =>
			String((payload as Readonly<Record<string, unknown>>)[name])
				.toLowerCase()
				.replace(/\s+/g, ' ')
				.trim(),
		)
		.join('\n');
}

const KEYS: Readonly<Record<LearnedCollection, readonly string[]>> = {
	'skills-patterns': ['skill_name', 'description', 'usage_pattern'],
	'error-solutions': ['error_message', 'error_type', 'context', 'solution'],
	'best-practices': ['category', 'title', 'description'],
	'interaction-history': ['query', 'response', 'timestamp'],
};

type Merges = { readonly [C in LearnedCollection]: (known: PayloadOf[C], added: PayloadOf[C]) => Partial<PayloadOf[C]> };

/** What an equal item adds, by collection. */
const MERGES: Merges = {
	'skills-patterns': (known, added) => ({
		success_examples: union(known.success_examples, added.success_examples, MOST_EXAMPLES),
		failure_examples: union(known.failure_examples, added.failure_examples, MOST_EXAMPLES),
		prerequisites: union(known.prerequisites, added.prerequisites, MOST_NAMES),
		related_skills: union(known.related_skills, added.related_skills, MOST_NAMES),
		...(known.evidence || added.evidence ? { evidence: (added.evidence ?? []).reduce(withEvidence, known.evidence ?? []) } : {}),
	}),
	'error-solutions': (known, added) => ({
		solution_verified: known.solution_verified || added.solution_verified,
		// The greater, not the sum: the same bundle again must change nothing.
		success_count: Math.max(known.success_count, added.success_count),
		failure_count: Math.max(known.failure_count, added.failure_count),
		first_seen: [known.first_seen, added.first_seen].toSorted()[0] ?? known.first_seen,
		last_used: [known.last_used, added.last_used].reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b)),
	}),
	'best-practices': (known, added) => ({
		examples: union(known.examples, added.examples, MOST_EXAMPLES),
		anti_patterns: union(known.anti_patterns, added.anti_patterns, MOST_EXAMPLES),
		references: union(known.references, added.references, MOST_NAMES),
		endorsement_count: Math.max(known.endorsement_count, added.endorsement_count),
	}),
	'interaction-history': () => ({}),
};

/**
 * A known item with what an equal one knows beyond. Merging the same again changes nothing. A proposed item becomes active with one that is,
 * and nothing else changes a status.
 */
export function mergeItems<C extends LearnedCollection>(collection: C, known: PayloadOf[C], added: PayloadOf[C]): PayloadOf[C] {
	return {
		...known,
		...MERGES[collection](known, added),
		provenance: union(
			known.provenance,
			added.provenance.filter((name) => name !== 'import'),
			1_000,
		),
		status: known.status === 'proposed' && added.status === 'active' ? 'active' : known.status,
	};
}

function union(known: readonly string[], added: readonly string[], most: number): readonly string[] {
	return [...new Set([...known, ...added])].slice(0, most);
}
