import { describe, expect, test } from 'vitest';
import { analyseQuestion } from '#core/ask/search/analyseQuestion';

describe('a question', () => {
	test.each([
		['where are passwords hashed before they are stored?', 'natural-language'],
		['parseUserToken', 'identifiers'],
		['OrderService.cancel', 'identifiers'],
		['src/auth/token.ts', 'path'],
		["TypeError: Cannot read properties of undefined (reading 'id')", 'error-text'],
		['error TS2345: Argument of type string is not assignable', 'error-text'],
		['panic: runtime error: index out of range [3] with length 3', 'error-text'],
		[`Saving twice loses data\n\n${'When I save the form two times in a row the second one is lost. '.repeat(6)}`, 'issue'],
	] as const)('%j is of the kind %s', (text, kind) => {
		expect(analyseQuestion(text).kind).toBe(kind);
	});

	test('names symbols by their shape, by a call and in backquotes, and plain words never', () => {
		const { symbols } = analyseQuestion('does `cache` in userStore.find_all() use MAX_SIZE or open() when loading?');
		expect([...symbols].sort()).toEqual(['MAX_SIZE', 'cache', 'find_all', 'open', 'userStore']);
	});

	test('names paths of any platform, without what leads to them', () => {
		expect(analyseQuestion('why does ./src/a b.ts, lib\\core\\run.py or setup.cfg.js:12 fail').paths).toEqual(['b.ts', 'lib/core/run.py', 'setup.cfg.js']);
	});

	test('asks for tests or documents only when it says so; of an issue only the title does', () => {
		expect(analyseQuestion('which tests cover the parser?').wantsTests).toBe(true);
		expect(analyseQuestion('how is the parser built?').wantsTests).toBe(false);
		expect(analyseQuestion('how is the output restored when a slow test fails?').wantsTests).toBe(false);
		expect(analyseQuestion('what is closed after each of the tests? while the test runs?').wantsTests).toBe(false);
		expect(analyseQuestion('which tests fail if the test database is missing?').wantsTests).toBe(true);
		const body = `${'the form loses data and the tests say so in the documentation '.repeat(8)}`;
		expect(analyseQuestion(`Form loses data\n${body}`)).toMatchObject({ kind: 'issue', wantsTests: false, wantsDocuments: false });
		expect(analyseQuestion(`Tests of the form fail\n${body}`).wantsTests).toBe(true);
		expect(analyseQuestion('where is this documented?').wantsDocuments).toBe(true);
	});

	test('weighs a repeated word more, but not in proportion, and the title of an issue twice', () => {
		const weightOf = (text: string, term: string) => analyseQuestion(text).terms.find((found) => found.term === term)?.weight;
		expect(weightOf('parcel parcel parcel parcel', 'parcel')).toBe(2);
		expect(weightOf(`parcel\n${'other words that fill '.repeat(20)}`, 'parcel')).toBe(2);
	});

	test.each(['a.', 'a/', 'a::', '`', 'at x ', 'Error ', '_a', '$', 'when ', 'if\t\t', 'after a  b'])(
		'of 100,000 characters of %j is analysed like any other',
		(piece) => {
			expect(analyseQuestion(piece.repeat(100_000 / piece.length)).terms.length).toBeLessThanOrEqual(160);
		},
		5_000,
	);

	test('with thousands of words has a bounded number of terms, and an empty one has none', () => {
		expect(analyseQuestion(Array.from({ length: 5_000 }, (_, i) => `word${i}`).join(' ')).terms.length).toBeLessThanOrEqual(160);
		expect(analyseQuestion('   ').terms).toEqual([]);
	});
});
