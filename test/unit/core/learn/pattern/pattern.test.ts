import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePattern } from '#core/learn/pattern/pattern';

const PATTERN = {
	problem_type: 'Retrying a failed request',
	solution_approach: 'Wrap the call in a loop that waits twice as long each time.',
	skills_used: ['back-off', 'idempotence'],
	generalizable_pattern: 'Retry only calls that are safe to repeat, with growing waits and a limit.',
};

describe('parsePattern', () => {
	test('finds the object among words, fences and thoughts', () => {
		expect(parsePattern(JSON.stringify(PATTERN))).toEqual(PATTERN);
		expect(parsePattern(`<think>maybe {"a": 1}</think>Here it is:\n\`\`\`json\n${JSON.stringify(PATTERN, null, 2)}\n\`\`\`\nDone {}.`)).toEqual(PATTERN);
		expect(parsePattern(`{"note": "first"} ${JSON.stringify(PATTERN)}`)).toEqual(PATTERN);
	});

	test('refuses what is incomplete, empty, of the wrong type or cut off', () => {
		expect(parsePattern('I cannot do that.')).toBeNull();
		expect(parsePattern(JSON.stringify({ ...PATTERN, generalizable_pattern: '' }))).toBeNull();
		expect(parsePattern(JSON.stringify({ ...PATTERN, generalizable_pattern: 'Do it well.' }))).toBeNull();
		expect(parsePattern(JSON.stringify({ ...PATTERN, generalizable_pattern: 'Do it do it do it do it.' }))).toBeNull();
		expect(parsePattern(JSON.stringify({ ...PATTERN, skills_used: 'back-off' }))).toBeNull();
		expect(parsePattern(JSON.stringify(PATTERN).slice(0, -1))).toBeNull();
	});

	test('names each skill once, also a short one, and leaves out what is no name', () => {
		expect(parsePattern(JSON.stringify({ ...PATTERN, skills_used: ['back-off', 'back-off ', 'Go', ' ', 'long '.repeat(40)] }))?.skills_used).toEqual(['back-off', 'Go']);
	});

	test('blanks secrets that a model repeats', () => {
		const pattern = parsePattern(JSON.stringify({ ...PATTERN, solution_approach: 'Set token = "ghp_0123456789abcdefghijABCDEFGHIJ012345" in the header of it.' }));
		expect(pattern?.solution_approach).toContain('[REDACTED]');
	});

	test('takes any text without throwing, and finds the object in any surroundings without braces', () => {
		fc.assert(fc.property(fc.string(), (text) => void parsePattern(text)));
		const around = fc.string().filter((text) => !/[{}"]|<think/.test(text));
		fc.assert(fc.property(around, around, (before, after) => void expect(parsePattern(before + JSON.stringify(PATTERN) + after)).toEqual(PATTERN)));
	});
});
