import type { KnowledgeQuery } from '#protocol/messages';

const STATUSES = { proposed: 'proposed', active: 'active', retired: 'retired' } as const;

/** What a filter's words ask for: `is:proposed`, `is:active`, `is:retired`, `is:pinned`; every other word must be in the item. */
export function parseFilter(filter: string): Pick<KnowledgeQuery, 'text' | 'statuses' | 'isPinned'> {
	const words = filter.trim().split(/\s+/).filter(Boolean);
	const marks = words.flatMap((word) => /^is:(\w+)$/i.exec(word)?.[1]?.toLowerCase() ?? []);
	const statuses = marks.flatMap((mark) => (Object.hasOwn(STATUSES, mark) ? [STATUSES[mark as keyof typeof STATUSES]] : []));
	const isKnown = (word: string) => /^is:(?:proposed|active|retired|pinned)$/i.test(word);
	const text = words.filter((word) => !isKnown(word)).join(' ');
	return { ...(text ? { text } : {}), ...(statuses.length > 0 ? { statuses } : {}), ...(marks.includes('pinned') ? { isPinned: true } : {}) };
}
