import type { FixEdit } from '#core/domain/fix';

export interface ParsedFix {
	readonly edits: readonly FixEdit[];
	/** The text around them. */
	readonly explanation: string;
}

const SEARCH = /^<{5,9} ?SEARCH\s*$/;
const MIDDLE = /^={5,9}\s*$/;
const REPLACE = /^>{5,9} ?REPLACE\s*$/;
const FENCE = /^\s*(?:`{3,}|~{3,})/;
/** What the sanitiser puts into text outside of fences. */
const BREAK = /\u200b/g;

/** Reads the edits of an answer. Null where there is none, or one is not closed, has nothing to search for, or holds another. */
export function parseFix(answer: string): ParsedFix | null {
	const edits: FixEdit[] = [];
	const around: string[] = [];
	let part: 'around' | 'search' | 'replace' = 'around';
	let search: string[] = [];
	let replace: string[] = [];
	for (const raw of answer.split(/\r?\n/)) {
		const line = raw.replace(BREAK, '');
		if (SEARCH.test(line)) {
			if (part !== 'around') return null;
			part = 'search';
			search = [];
			replace = [];
		} else if (MIDDLE.test(line) && part === 'search') part = 'replace';
		else if (REPLACE.test(line)) {
			if (part !== 'replace' || search.every((content) => content.trim() === '')) return null;
			edits.push({ search, replace });
			part = 'around';
		} else if (part === 'search') search.push(line);
		else if (part === 'replace') replace.push(line);
		else if (!FENCE.test(line)) around.push(line);
	}
	if (part !== 'around' || edits.length === 0) return null;
	return {
		edits,
		explanation: around
			.join('\n')
			.replace(/\n{3,}/g, '\n\n')
			.trim(),
	};
}
