import type { PayloadOf } from '#core/domain/collection';
import type { KnowledgeField, KnowledgeItem, LearnedCollection } from '#core/domain/knowledge';

/** Characters of an item's text in a list. */
const SUMMARY = 280;

type Described = Pick<KnowledgeItem, 'title' | 'text' | 'value' | 'outcome' | 'updatedMs'> & {
	/** Names of the fields to show, those that the user may edit among them. */
	readonly shown: readonly string[];
	readonly editable: readonly string[];
};

const DESCRIBE: { readonly [C in LearnedCollection]: (payload: PayloadOf[C]) => Described } = {
	'skills-patterns': ({ skill_name, description, usage_pattern, value_score, last_updated }) => ({
		title: skill_name,
		text: `${description}\n${usage_pattern}`,
		value: value_score,
		outcome: null,
		updatedMs: timeOf(last_updated),
		shown: ['skill_name', 'description', 'usage_pattern', 'success_examples', 'failure_examples', 'prerequisites', 'related_skills'],
		editable: ['skill_name', 'description', 'usage_pattern', 'prerequisites', 'related_skills'],
	}),
	'error-solutions': ({ error_message, solution, confidence_score, last_used, first_seen }) => ({
		title: error_message.split('\n', 1)[0] ?? '',
		text: solution,
		value: confidence_score,
		outcome: null,
		updatedMs: timeOf(last_used ?? first_seen),
		shown: ['error_message', 'error_type', 'context', 'solution', 'solution_verified', 'success_count', 'failure_count', 'first_seen', 'last_used'],
		editable: ['context', 'solution'],
	}),
	// The file is where a practice is changed.
	'best-practices': ({ title, description, last_validated }) => ({
		title,
		text: description,
		value: null,
		outcome: null,
		updatedMs: timeOf(last_validated),
		shown: ['title', 'description', 'category', 'examples', 'anti_patterns', 'references', 'endorsement_count', 'last_validated'],
		editable: [],
	}),
	'interaction-history': ({ query, response, value_score, outcome, timestamp }) => ({
		title: query.replace(/\s+/g, ' ').trim(),
		text: response,
		value: outcome === null ? null : value_score,
		outcome,
		updatedMs: timeOf(timestamp),
		shown: ['query', 'response', 'model_used', 'agent_type', 'outcome', 'user_feedback', 'tokens_used', 'latency_ms', 'timestamp', 'provenance'],
		editable: [],
	}),
};

/** A learned item for a list; how it went where it was used is not in the payload and comes from the credits. */
export function describeItem<C extends LearnedCollection>(
	collection: C,
	id: string,
	payload: PayloadOf[C],
	use: Pick<KnowledgeItem, 'successRate' | 'timesUsed'> = { successRate: null, timesUsed: 0 },
	owner: string | null = null,
): KnowledgeItem {
	const { title, text, value, outcome, updatedMs } = DESCRIBE[collection](payload);
	const { status, scope, workspace_id, pinned, local_only } = payload;
	return {
		id,
		collection,
		title: title.slice(0, SUMMARY),
		text: text.slice(0, SUMMARY),
		status,
		scope,
		workspaceId: workspace_id,
		owner,
		isPinned: owner === null && pinned === true,
		isLocalOnly: local_only === true,
		value,
		outcome,
		updatedMs,
		...use,
	};
}

/** The fields of an item that have something to show, or, where it is the user's, may get something. */
export function describeFields<C extends LearnedCollection>(collection: C, payload: PayloadOf[C], isOwn = true): readonly KnowledgeField[] {
	const { shown, editable } = DESCRIBE[collection](payload);
	const values = payload as unknown as Readonly<Record<string, KnowledgeField['value'] | null>>;
	return shown.flatMap((name) => {
		const value = values[name];
		const isEditable = isOwn && editable.includes(name);
		if (value === null || value === undefined) return [];
		const isEmpty = value === '' || (Array.isArray(value) && value.length === 0);
		return isEditable || !isEmpty ? [{ name, value, isEditable }] : [];
	});
}

/** All words of an item that a search in the list looks at, in lower case. */
export function searchedText<C extends LearnedCollection>(collection: C, payload: PayloadOf[C]): string {
	return describeFields(collection, payload)
		.map(({ value }) => (Array.isArray(value) ? value.join('\n') : String(value)))
		.join('\n')
		.toLowerCase();
}

function timeOf(timestamp: string): number {
	const time = Date.parse(timestamp);
	return Number.isNaN(time) ? 0 : time;
}
