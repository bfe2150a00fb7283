import type { WorkKind } from '#core/domain/route';

/** The first that matches wins: the more specific stand first. */
const SIGNS: readonly (readonly [WorkKind, RegExp])[] = [
	['test', /\b(?:unit tests?|test cases?|tests? for|write (?:a |some )?tests?|add (?:a |some )?tests?|coverage|mock(?:s|ing)?)\b/i],
	[
		'fix',
		/\b(?:fix(?:es|ed|ing)?|bugs?|errors?|exceptions?|crash(?:es|ed|ing)?|fails?|failing|broken|stack ?trace|traceback|debug|does(?:n['’]t| not) work|undefined is not)\b/i,
	],
	['refactor', /\b(?:refactor(?:ing)?|clean ?up|simplify|rename|extract (?:a |the )?(?:function|method|class)|deduplicate|migrate|rewrite|restructure)\b/i],
	['design', /\b(?:architect(?:ure)?|design|trade-?offs?|approach|strategy|plan|scal(?:e|ability)|should (?:we|i) use|pros and cons)\b/i],
	['locate', /\b(?:where|which file|find|locate|search for|who calls|usages? of|defined)\b/i],
	['write', /\b(?:write|implement|create|add|generate|build|make|complete)\b/i],
	['explain', /\b(?:explain|what|how|why|describe|summari[sz]e|understand|meaning|difference|does)\b/i],
];

/** What kind of work a question asks for, told from its words. */
export function workKindOf(text: string): WorkKind {
	// A long question begins or ends with what is wanted; what lies between is material.
	const ends = text.length > 1200 ? `${text.slice(0, 600)}\n${text.slice(-600)}` : text;
	return SIGNS.find(([, sign]) => sign.test(ends))?.[0] ?? 'other';
}
