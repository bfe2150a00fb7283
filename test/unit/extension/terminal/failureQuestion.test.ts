import { expect, test } from 'vitest';
import type { FailedCommand } from '#protocol/messages';
import { failureQuestion, shownQuestion } from '../../../../src/extension/terminal/failureQuestion.ts';

const failed = (more: Partial<FailedCommand> = {}): FailedCommand => ({
	source: 'terminal',
	commandLine: 'pytest -q',
	exitCode: 1,
	timeMs: 0,
	errors: [{ tool: 'pytest', code: 'KeyError', message: "'price'", test: null, path: null, line: null }],
	excerpt: "E   KeyError: 'price'",
	files: [],
	solutions: [],
	...more,
});

test('what is asked holds the output whole, and what is shown fits a line', () => {
	expect(failureQuestion(failed()).prompt).toContain(
		"`pytest -q` failed with exit code 1. Say why, and give the code that fixes it.\n\n```text\nE   KeyError: 'price'\n```",
	);
	expect(shownQuestion(failed())).toBe("Fix the error of `pytest -q`: KeyError 'price'");
	expect(shownQuestion(failed({ errors: [], commandLine: 'make `x`\n' }))).toBe("Fix the error of `make 'x' `: exit code 1");
	expect(shownQuestion(failed({ commandLine: 'x'.repeat(500) }))).toHaveLength(160);
});

test('no output closes the fence it stands in', () => {
	expect(failureQuestion(failed({ excerpt: 'a\n````\nb' })).prompt).toContain('\n`````text\na\n````\nb\n`````');
});

test('the code around the places it names goes along', () => {
	const files = [
		{ path: '/w/a.py', line: 10 },
		{ path: '/w/b.py', line: 200 },
		{ path: '/w/c.py', line: null },
	];
	expect(failureQuestion(failed({ files })).attachments).toEqual([
		{ path: '/w/a.py', startLine: 1, endLine: 70, failedLine: 10 },
		{ path: '/w/b.py', startLine: 140, endLine: 260, failedLine: 200 },
		{ path: '/w/c.py' },
	]);
	const { prompt, diagnostics } = failureQuestion(failed({ files, excerpt: 'first\nsecond' }));
	expect(diagnostics.map(({ path, line }) => [path, line])).toEqual([
		['/w/a.py', 10],
		['/w/b.py', 200],
		['/w/c.py', 1],
	]);
	// What is quoted of a file is known by its words.
	for (const { message } of diagnostics) expect(prompt).toContain(message);
});

test('the place of the error comes before what its stack passed through, with the line that failed', () => {
	const error = { tool: 'python', code: 'KeyError', message: "'price'", test: null, path: '/w/b.py', line: 7 };
	const files = [
		{ path: '/w/a.py', line: 10 },
		{ path: '/w/b.py', line: 3 },
	];
	const errors = [{ ...error, path: '/w/gone.py' }, error, { ...error, line: 9 }];
	expect(failureQuestion(failed({ files, errors })).attachments).toEqual([
		{ path: '/w/b.py', startLine: 1, endLine: 67, failedLine: 7 },
		{ path: '/w/a.py', startLine: 1, endLine: 70, failedLine: 10 },
	]);
});
