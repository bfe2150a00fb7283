import { expect, test } from 'vitest';
import { editsOf } from '#extension/edits/editsOf';

const before = 'one\ntwo\nthree\nfour\n';
const edited = (startLine: number, endLine: number, lines: readonly string[]) => editsOf({ path: '/w/a.ts', before, edits: [{ startLine, endLine, lines }] });

test('an edit is handed over without the lines that stayed', () => {
	expect(edited(0, 4, ['one', 'TWO', 'and a half', 'three', 'four'])).toEqual([{ path: '/w/a.ts', before: 'two', after: 'TWO\nand a half' }]);
	expect(edited(1, 3, ['two', 'three', 'more'])).toMatchObject([{ before: '', after: 'more' }]);
	expect(edited(1, 3, [])).toMatchObject([{ before: 'two\nthree', after: '' }]);
	expect(edited(1, 2, ['two', 'two'])).toMatchObject([{ before: '', after: 'two' }]);
	expect(edited(0, 2, ['one', 'two'])).toEqual([]);
});

test('a long one is cut', () => {
	expect(edited(0, 1, ['x'.repeat(10_000)])[0]?.after).toHaveLength(4_000);
});
