import { describe, expect, test } from 'vitest';
import { analyseQuestion } from '#core/ask/search/analyseQuestion';
import { CommitWords } from '#core/ask/search/commitWords';

const commit = (message: string, ...paths: readonly string[]) => ({ message, files: paths.map((path) => ({ path, from: null })) });
const FILES = [
	'billing/round.ts',
	'billing/sort.ts',
	'billing/list.ts',
	'menu.ts',
	'one.ts',
	'a.ts',
	'b.ts',
	'old/f3.ts',
	'new/f3.ts',
	'newest/f3.ts',
	'old/f4.ts',
	'new/f4.ts',
];
const fit = (words: CommitWords, question: string, files: readonly string[] = FILES) => words.fit(analyseQuestion(question), files);
const best = (fit: ReadonlyMap<string, number>) => [...fit].sort((a, b) => b[1] - a[1]).map(([file]) => file);

function wordsOf(...commits: readonly ReturnType<typeof commit>[]): CommitWords {
	const words = new CommitWords();
	for (const each of commits) words.add(each);
	return words;
}

describe('the words of commits', () => {
	const words = wordsOf(
		commit('Round invoices to whole cents', 'billing/round.ts'),
		commit('Sort invoices by date', 'billing/sort.ts', 'billing/list.ts'),
		commit('Draw the menu anew', 'menu.ts'),
	);

	test('tell which files a question is about, whatever the files are called', () => {
		const { byText, byTitle } = fit(words, 'Cents of invoices are not round');
		expect(best(byText)[0]).toBe('billing/round.ts');
		expect(best(byTitle)[0]).toBe('billing/round.ts');
		expect(byText.has('menu.ts')).toBe(false);
		expect(byText.get('billing/sort.ts')).toBeGreaterThan(0);
	});

	test('look at the first line for the title alone', () => {
		const { byTitle, byText } = fit(words, 'The menu flickers\n\nI was about to round some cents.');
		expect(best(byTitle)).toEqual(['menu.ts']);
		expect(byText.has('billing/round.ts')).toBe(true);
	});

	test('count less the more files a commit wrote', () => {
		const words = wordsOf(commit('Pad the frobnicator', 'one.ts'), commit('Trim the frobnicator', 'a.ts', 'b.ts', 'c.ts', 'd.ts'));
		const { byText } = fit(words, 'frobnicator');
		expect(byText.get('one.ts')).toBeGreaterThan(byText.get('a.ts') ?? 0);
	});

	test('are forgotten of commits that write more files than one thing has', () => {
		const many = Array.from({ length: 21 }, (_, index) => `f${index}.ts`);
		expect(wordsOf(commit('Reformat everything', ...many)).commits).toBe(0);
		expect(wordsOf(commit('Reformat everything', ...many.slice(1))).commits).toBe(1);
	});

	test('follow files that moved, through a move of many too', () => {
		const moved = Array.from({ length: 30 }, (_, index) => ({ path: `new/f${index}.ts`, from: `old/f${index}.ts` }));
		const words = new CommitWords();
		words.add({ message: 'Name it better', files: [{ path: 'newest/f3.ts', from: 'new/f3.ts' }] });
		words.add({ message: 'Move the folder', files: moved });
		words.add(commit('Teach the walrus to sing', 'old/f3.ts', 'old/f4.ts'));
		const { byText } = fit(words, 'walrus');
		expect([...byText.keys()].sort()).toEqual(['new/f4.ts', 'newest/f3.ts']);
	});

	test('leave out who wrote and reviewed', () => {
		const words = wordsOf(commit('Fix a leak\n\nReviewed-by: Walrus\nCo-authored-by: Walrus <w@example.org>', 'a.ts'));
		expect([fit(words, 'walrus').byText.size, fit(words, 'leak').byText.size]).toEqual([0, 1]);
	});

	test('are asked for of some files only', () => {
		expect([...fit(words, 'invoices', ['billing/sort.ts', 'unknown.ts']).byText.keys()]).toEqual(['billing/sort.ts']);
	});

	test('say nothing without a commit, a message, or a word in common', () => {
		expect(fit(new CommitWords(), 'walrus').byText.size).toBe(0);
		expect(wordsOf(commit('', 'a.ts'), commit('...', 'b.ts')).commits).toBe(0);
		expect(fit(words, 'walrus').byText.size).toBe(0);
	});

	test('stay bounded, however long messages are and however often they say a word', () => {
		const words = wordsOf(commit('walrus '.repeat(1_000_000), 'a.ts'), commit('The walrus sings', 'b.ts'));
		const { byText } = fit(words, 'walrus');
		expect((byText.get('a.ts') ?? 0) / (byText.get('b.ts') ?? 1)).toBeLessThan(3);
	});
});
