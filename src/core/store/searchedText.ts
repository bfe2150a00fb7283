import type { CollectionName, PayloadOf } from '#core/domain/collection';

/** The part of a payload that is searched. */
export function searchedText(collection: CollectionName, payload: PayloadOf[CollectionName]): string {
	const text = (value: object) => Object.entries(value).flatMap(([key, part]) => (SEARCHED[collection].includes(key) && typeof part === 'string' ? [part] : []));
	return text(payload).join('\n');
}

const SEARCHED: Readonly<Record<CollectionName, readonly string[]>> = {
	'codebase-context': ['code_snippet'],
	'skills-patterns': ['skill_name', 'description', 'usage_pattern'],
	'error-solutions': ['error_message', 'context'],
	'interaction-history': ['query'],
	'best-practices': ['title', 'description'],
};
