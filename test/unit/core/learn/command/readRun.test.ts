import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quotedErrors } from '#core/learn/command/findErrors';
import { readRun } from '#core/learn/command/readRun';
import { commandRun, printed } from '../../../../support/commands.ts';

const read = (more: Parameters<typeof commandRun>[0]) => readRun(commandRun(more));

describe('what a run has to say', () => {
	test('is the part of its output from the first error on, with the places that it names', () => {
		const { excerpt, named } = read({ output: `${'warming up\r\n'.repeat(200)}${printed('go-build')}${'cooling down\r\n'.repeat(200)}` });
		expect(excerpt.split('\n').slice(3, 8)).toEqual([
			'warming up',
			'# example.com/bad',
			'./main.go:4:19: cannot use "three" (untyped string constant) as int value in variable declaration',
			'./main.go:5:2: undefined: fmt',
			'cooling down',
		]);
		expect(excerpt.split('\n').length).toBeLessThanOrEqual(60);
		expect(named).toEqual([
			{ path: './main.go', line: 4 },
			{ path: './main.go', line: 5 },
		]);
	});

	test('are the files of every frame of a stack, whichever tool prints it', () => {
		const paths = (name: string) => read({ output: printed(name) }).named.map(({ path, line }) => `${path.split('/').at(-1)}:${line}`);
		expect(paths('python')).toEqual(expect.arrayContaining(['main.py:3', 'shop.py:2']));
		expect(paths('node-type')).toEqual(expect.arrayContaining(['order.js:2', 'order.js:3']));
		expect(paths('tsc-plain')).toEqual(['half.ts:2', 'half.ts:4']);
		expect(paths('go-panic')).toContain('main.go:7');
		expect(read({ output: printed('node-esm') })).toMatchObject({
			errors: [{ tool: 'node', code: 'TypeError', path: '/home/ada/shop/node/order.mjs', line: 2 }],
			named: expect.arrayContaining([2, 4].map((line) => ({ path: '/home/ada/shop/node/order.mjs', line }))),
		});
	});

	test('is what problem matchers found where nothing that is known was printed', () => {
		const found = { path: '/w/a.ts', line: 3, severity: 'error', message: 'Nope.', source: 'eslint', code: 'no-nope' } as const;
		const matched = { diagnostics: [found, { ...found, severity: 'warning' as const, message: 'Perhaps.' }] };
		expect(read({ ...matched, output: 'done' })).toMatchObject({
			errors: [{ tool: 'eslint', code: 'no-nope', message: 'Nope.', path: '/w/a.ts', line: 3 }],
			excerpt: '/w/a.ts:3: error no-nope: Nope.',
		});
		expect(read({ ...matched, output: printed('tsc') }).errors.map(({ tool }) => tool)).toEqual(['tsc', 'tsc']);
	});

	test('is nothing where it passed, and its end where nothing says error', () => {
		expect(read({ exitCode: 0, output: printed('tsc') })).toMatchObject({ errors: [], excerpt: '', named: [] });
		expect(read({ output: `${'x\n'.repeat(300)}last words` })).toMatchObject({ errors: [], excerpt: expect.stringMatching(/^x[\s\S]*last words$/) });
	});

	test('never fails and stays small, whatever is printed or asked', () => {
		const tools = ['pytest', 'vitest', 'jest', 'cargo-test', 'gcc', 'java', 'npm-missing', 'node-module'].map(printed);
		const piece = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 200 }),
			fc.constantFrom(...tools),
			fc.constantFrom('\u001b[', '\r', '\n', 'E   ', 'Traceback', '  File "', '____ ', 'FAIL  '),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
				const { errors, excerpt } = read({ output: pieces.join('') });
				expect(errors.length).toBeLessThanOrEqual(5);
				expect(excerpt.length).toBeLessThanOrEqual(4_000);
				expect(quotedErrors(pieces.join('').split('\n')).length).toBeLessThanOrEqual(5);
			}),
			{ numRuns: 100 },
		);
	});
});
