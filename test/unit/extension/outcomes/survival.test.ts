import { describe, expect, it } from 'vitest';
import { insertedLines, survivalShare } from '#extension/outcomes/survival';
import { isTold, lookAfterUndo, lookAt, type WatchedEdit } from '#extension/outcomes/watchedEdit';

const before = 'function a() {\n\treturn one();\n}\n';
const edits = [{ startLine: 0, endLine: 3, lines: ['function a() {', '\tconst two = load();', '\treturn two.half();', '}'] }];
const after = 'function a() {\n\tconst two = load();\n\treturn two.half();\n}\n';
const edit: WatchedEdit = {
	id: 'e',
	interactionId: 'i',
	uri: 'file:///a.ts',
	subject: 'a.ts',
	timeMs: 0,
	lines: insertedLines(before, edits),
	share: null,
	isReverted: false,
	isOld: false,
};

describe('what survives of an edit', () => {
	it('is the share of lines that it brought, wherever they are and however they are formatted', () => {
		expect(edit.lines).toHaveLength(2);
		expect(survivalShare(edit.lines, after)).toBe(1);
		expect(survivalShare(edit.lines, '    return   two.half();\n\n    const two = load();\n')).toBe(1);
		expect(survivalShare(edit.lines, after.replace('two.half', 'two.third'))).toBe(0.5);
		expect(survivalShare(edit.lines, before)).toBe(0);
	});

	it('is unknown for an edit without new lines, and for an enormous file', () => {
		expect(survivalShare([], after)).toBeNull();
		expect(survivalShare(edit.lines, 'x'.repeat(3_000_000))).toBeNull();
	});

	it('is a signal at the first save and when it changes, and again after half an hour and in a commit', () => {
		const first = lookAt(edit, after, 'save', 1);
		expect(first.signal).toMatchObject({ kind: 'edit-survived', value: 1, subject: 'a.ts', source: 'editor' });
		expect(lookAt(first.edit, after, 'save', 2).signal).toBeNull();
		expect(lookAt(first.edit, before, 'save', 3).signal).toMatchObject({ value: -1 });
		const later = lookAt(first.edit, after, 'later', 4);
		expect(later.edit.isOld).toBe(true);
		expect([later.signal?.value, lookAt(later.edit, after, 'commit', 5).signal?.value]).toEqual([1, 1]);
	});

	it('tells that an edit was undone and done again, each once', () => {
		const undone = lookAfterUndo(edit, before, 1);
		expect(undone.signal).toMatchObject({ kind: 'edit-reverted', value: -1 });
		expect(lookAfterUndo(undone.edit, before, 2).signal).toBeNull();
		expect(lookAt(undone.edit, before, 'save', 2).signal).toBeNull();
		expect(lookAfterUndo(undone.edit, after, 3).signal).toMatchObject({ kind: 'edit-reverted', value: 0 });
		expect(lookAfterUndo(edit, after, 4).signal).toBeNull();
	});

	it('hears nothing in a commit of other files', () => {
		expect(isTold(edit, before, after)).toBe(false);
		expect(isTold(edit, after, after)).toBe(true);
		expect(isTold(edit, 'rewritten();\n', 'rewritten();')).toBe(true);
	});
});
