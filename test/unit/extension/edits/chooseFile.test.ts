import { describe, expect, it } from 'vitest';
import { filesThatFit, isQuotation } from '#extension/edits/chooseFile';

const hits = [
	{ workspaceId: 'w', filePath: 'a.ts', symbol: 'other', text: 'export function other() {\n\treturn load(path);\n}' },
	{ workspaceId: 'w', filePath: 'b.ts', symbol: 'Book.load', text: 'load(path: string) {\n\tconst text = read(path);\n\treturn parse(text);\n}' },
];

describe('the file of a block without a name', () => {
	it('is the one whose code was sent and fits best', () => {
		expect(filesThatFit({ text: 'load(path: string) {\n\tconst text = read(path);\n\treturn parse(text.trim());\n}' }, hits).map(({ filePath }) => filePath)).toEqual([
			'b.ts',
		]);
	});

	it('is none where nothing that was sent fits', () => {
		expect(filesThatFit({ text: 'SELECT 1;' }, hits)).toEqual([]);
	});

	it('needs no change where the block only repeats what was sent', () => {
		expect(isQuotation({ text: '  const text = read(path);\n  return parse(text);' }, hits)).toBe(true);
		expect(isQuotation({ text: 'const text = read(path, 1);' }, hits)).toBe(false);
	});
});
