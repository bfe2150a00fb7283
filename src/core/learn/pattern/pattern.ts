import { z } from 'zod';
import { redactSecrets } from '#core/domain/redact';

/** What a model extracts from an interaction, in the names of the product's description. */
export interface Pattern {
	readonly problem_type: string;
	readonly solution_approach: string;
	readonly skills_used: readonly string[];
	readonly generalizable_pattern: string;
}

/** The schema that the model is given. */
export const PATTERN_SCHEMA = {
	type: 'object',
	properties: {
		problem_type: { type: 'string' },
		solution_approach: { type: 'string' },
		skills_used: { type: 'array', items: { type: 'string' } },
		generalizable_pattern: { type: 'string' },
	},
	required: ['problem_type', 'solution_approach', 'skills_used', 'generalizable_pattern'],
	additionalProperties: false,
} as const;

/** Different words that a pattern needs to tell somebody something: weak models say one thing over and over. */
const FEWEST_WORDS = 5;

/** A skill may be as short as “C”; one that is no name costs itself, and not the pattern. */
const LONGEST_SKILL = 80;
const MOST_SKILLS = 20;

const oneLine = (text: string) => redactSecrets(text).text.replace(/\s+/g, ' ').trim();
const line = (longest: number) => z.string().transform(oneLine).pipe(z.string().min(3).max(longest));
const prose = z
	.string()
	.transform((text) => redactSecrets(text).text.trim())
	.pipe(
		z
			.string()
			.max(4_000)
			.refine((text) => new Set(text.toLowerCase().split(/\s+/)).size >= FEWEST_WORDS),
	);

const PATTERN = z.object({
	problem_type: line(160),
	solution_approach: prose,
	skills_used: z
		.array(z.string())
		.transform((names) => [...new Set(names.map(oneLine))].filter((name) => name !== '' && name.length <= LONGEST_SKILL).slice(0, MOST_SKILLS)),
	generalizable_pattern: prose,
});

/**
 * The pattern in a model's answer, secrets blanked; null where there is none that is usable. The answer may have words, a fence or thoughts
 * around its JSON.
 */
export function parsePattern(answer: string): Pattern | null {
	const text = answer.replace(/<think>[\s\S]*?(?:<\/think>|$)/g, '');
	for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
		const end = endOfObject(text, start);
		if (end < 0) continue;
		const result = PATTERN.safeParse(parseJson(text.slice(start, end)));
		if (result.success) return result.data;
		start = end - 1;
	}
	return null;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** Behind the brace that closes the one at `start`; −1 where none does. */
function endOfObject(text: string, start: number): number {
	let depth = 0;
	let isString = false;
	for (let at = start; at < text.length; at++) {
		const character = text[at];
		if (isString && character === '\\') at++;
		else if (character === '"') isString = !isString;
		else if (!isString && character === '{') depth++;
		else if (!isString && character === '}' && --depth === 0) return at + 1;
	}
	return -1;
}
