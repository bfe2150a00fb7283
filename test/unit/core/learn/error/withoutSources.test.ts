import { describe, expect, test } from 'vitest';
import type { ErrorSolutionsPayload } from '#core/domain/collection';
import type { FixExample } from '#core/learn/error/fixExample';
import { type FailedFix, NOTHING_LEARNED, writeLearnedFix } from '#core/learn/error/learnedFix';
import { withoutSources } from '#core/learn/error/withoutSources';
import { errorPoint } from '../../../../support/skills.ts';

const diagnostic = (message: string) => ({ message, source: 'ts', code: '1', languageId: 'typescript' });
const example = (name: string, sources?: readonly string[]): FixExample => ({
	diagnostics: [diagnostic(`said of ${name}`)],
	before: `${name}.before`,
	after: `${name}.after`,
	...(sources ? { sources } : {}),
});
const failure = (name: string, sources?: readonly string[]): FailedFix => ({
	diagnostic: diagnostic(`said of ${name}`),
	before: name,
	failed: `${name}.failed`,
	...(sources ? { sources } : {}),
});
const learned = (examples: readonly FixExample[], failures: readonly FailedFix[] = []) => ({ learned_fix: writeLearnedFix({ ...NOTHING_LEARNED, examples, failures }) });
const without = (more: Partial<ErrorSolutionsPayload>, isOwned = false) => withoutSources(errorPoint(1, more).payload, new Set(['gone']), isOwned);

describe('a solution without some of its sources', () => {
	test('is untouched where it has nothing of them', () => {
		expect(without({ provenance: ['other', 'user'], ...learned([example('a', ['other']), example('old')], [failure('f')]) })).toBe('untouched');
		expect(without({ provenance: [] })).toBe('untouched');
	});

	test('says what the newest example of others says', () => {
		const left = without({ provenance: ['other', 'gone'], ...learned([example('a', ['other']), example('b', ['user']), example('c', ['user', 'gone'])]) });
		expect(left).toMatchObject({
			payload: { provenance: ['other'], solution: 'Before:\nb.before\nAfter:\nb.after', error_message: 'said of b', solution_verified: true },
			learned: { examples: [{ before: 'a.before' }, { before: 'b.before' }] },
		});
		expect(JSON.stringify(left)).not.toMatch(/gone|c\.before/);
	});

	test('loses every example of before examples had sources, as any may be of what is gone', () => {
		expect(without({ provenance: ['other', 'gone'], ...learned([example('old'), example('a', ['other'])]) })).toMatchObject({
			learned: { examples: [{ before: 'a.before' }] },
		});
		expect(without({ provenance: ['other', 'gone'], ...learned([example('old')]) })).toBe('nothing');
	});

	test('loses what failed, too, and with nothing else is nothing', () => {
		const failures = [failure('f', ['gone']), failure('g', ['other']), failure('old')];
		const left = without({ provenance: [], solution: '', ...learned([], failures) });
		expect(left).toMatchObject({ payload: { solution: '', solution_verified: false }, learned: { failures: [{ before: 'g' }] } });
		expect(without({ provenance: [], solution: '', ...learned([], [failure('f', ['gone'])]) })).toBe('nothing');
	});

	test('that counts on, and never had words, stays', () => {
		expect(without({ provenance: ['user', 'gone'], solution: '' })).toMatchObject({ payload: { provenance: ['user'], solution_verified: true } });
		expect(without({ provenance: ['agent:a', 'gone'], solution: '' })).toBe('nothing');
	});

	test('keeps its words where they are its owner’s, and no code of what is gone', () => {
		const left = without({ provenance: ['gone'], solution: 'mine', ...learned([example('c', ['gone'])]) }, true);
		expect(left).toMatchObject({ payload: { provenance: [], solution: 'mine' }, learned: { examples: [] } });
		expect(JSON.stringify(left)).not.toContain('gone');
	});

	test('has no edits left that this version cannot read', () => {
		const left = without({ provenance: ['user', 'gone'], solution_provenance: ['user'], learned_fix: '{"version":99,"examples":["secret code"]}' });
		expect(left).toMatchObject({ payload: { solution: 'fix 1' }, learned: null });
		expect(JSON.stringify(left)).not.toContain('secret code');
	});
});
