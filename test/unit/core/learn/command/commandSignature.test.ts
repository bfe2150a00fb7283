import { expect, test } from 'vitest';
import type { CommandError } from '#core/domain/commandRun';
import { commandSignature, errorType, errorTypes } from '#core/learn/command/commandSignature';

const error = (more: Partial<CommandError>): CommandError => ({ tool: 'node', code: '', message: 'failed', test: null, path: null, line: null, ...more });
const keyOf = (more: Partial<CommandError>) => commandSignature(error(more)).key;

test('paths, names, numbers, addresses, ids and times make no other error', () => {
	const same = [
		"cannot open '/home/a/one.txt' after 12ms at 0x7fc255269fc0 in commit 1f2e3d4c5b (12 of 80, 2026-01-02T10:11:12Z)",
		"cannot open './two.md' after 1.25s at 0x00ff in commit a9b8c7d6e5f4 (3 of 9, 2027-12-31T00:00:00Z)",
	].map((message) => keyOf({ message }));
	expect(same[0]).toBe(same[1]);
	expect(keyOf({ message: 'cannot close it' })).not.toBe(same[0]);
});

test('tools of one language print one error, others do not', () => {
	const raised = { code: 'KeyError', message: "'price'" };
	expect(keyOf({ ...raised, tool: 'pytest', test: 'test_total' })).toBe(keyOf({ ...raised, tool: 'python' }));
	expect(keyOf({ ...raised, tool: 'node' })).not.toBe(keyOf({ ...raised, tool: 'python' }));
});

test('what an assertion says is about its test alone', () => {
	const failed = { tool: 'pytest', code: 'AssertionError', message: 'assert 2 == 3' };
	expect(keyOf({ ...failed, test: 'test_half' })).toBe(keyOf({ ...failed, message: 'assert 7 == 8', test: 'test_half' }));
	expect(keyOf({ ...failed, test: 'test_half' })).not.toBe(keyOf({ ...failed, test: 'test_third' }));
});

test('a solution says where it was seen, and is found whichever tool prints the error next', () => {
	const raised = error({ tool: 'pytest', code: 'KeyError', message: "'price'" });
	const { rule } = commandSignature(raised);
	expect(errorType('task', 'pytest', rule)).toBe('task pytest:KeyError');
	expect(errorTypes(error({ ...raised, tool: 'python' }), commandSignature(raised))).toContain('task pytest:KeyError');
	expect(errorTypes(error({ ...raised, tool: '' }), commandSignature(raised))).toContain('task pytest:KeyError');
	expect(errorTypes(error({ tool: 'tsc', code: 'TS2551' }), commandSignature(error({ tool: 'tsc', code: 'TS2551' })))).toContain('ts:2551:typescript');
});
