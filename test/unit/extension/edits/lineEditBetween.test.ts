import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyLineEdits } from '../../../../src/extension/edits/codeLines.ts';
import { lineEditBetween } from '../../../../src/extension/edits/lineEditBetween.ts';

test('is the smallest run of lines that changed', () => {
	expect(lineEditBetween('a\nb\nc\n', 'a\nx\ny\nc\n')).toEqual({ startLine: 1, endLine: 2, lines: ['x', 'y'] });
	expect(lineEditBetween('a\na\n', 'a\na\na\n')).toEqual({ startLine: 2, endLine: 2, lines: ['a'] });
	expect(lineEditBetween('same', 'same')).toEqual({ startLine: 1, endLine: 1, lines: [] });
});

test('leads from any text to any other', () => {
	const text = fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'));
	fc.assert(
		fc.property(text, text, (before, after) => {
			expect(applyLineEdits(before.split('\n'), [lineEditBetween(before, after)]).join('\n')).toBe(after);
		}),
	);
});
