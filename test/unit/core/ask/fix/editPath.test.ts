import { describe, expect, it } from 'vitest';
import { editPath } from '#core/ask/fix/editPath';

const inText = (line: string) => editPath(line, { isInCode: false });
const inCode = (line: string) => editPath(line, { isInCode: true });

describe('the line that names the file of an edit', () => {
	it('is a path, however it is set off', () => {
		for (const line of [
			'src/item.ts',
			'  src/item.ts  ',
			'`src/item.ts`',
			'**src/item.ts**',
			'**`src/item.ts`**:',
			'### src/item.ts',
			'src/item.ts:',
			'File: src/item.ts',
			'// src/item.ts',
			'# src/item.ts',
			'<!-- src/item.ts -->',
			'/* src/item.ts */',
			'-- src/item.ts',
			'"src/item.ts"',
		]) {
			expect(inText(line), line).toBe('src/item.ts');
		}
	});

	it('may be the title under which the code was shown', () => {
		expect(inText('### src/item.ts:3-20 (Item › price)')).toBe('src/item.ts');
		expect(inText('`src/item.ts:3-20`')).toBe('src/item.ts');
		expect(inText('src/item.ts#L12')).toBe('src/item.ts');
	});

	it('keeps signs that names begin with', () => {
		for (const name of [
			'__init__.py',
			'_layouts/page.html',
			'app/(shop)/page.tsx',
			'app/[id].tsx',
			'.github/workflows/ci.yml',
			'@scope/a.ts',
			'C:\\w\\a.ts',
			'src\\a.ts',
			'/w/a.ts',
			'../a.ts',
		])
			expect(inText(name), name).toBe(name);
	});

	it('may have spaces in quotes and in code, and no extension in code', () => {
		expect(inText('`my files/one more.ts`')).toBe('my files/one more.ts');
		expect(inCode('my files/one more.ts')).toBe('my files/one more.ts');
		expect(inText('my files/one more.ts')).toBeNull();
		expect(inCode('Dockerfile')).toBe('Dockerfile');
		expect(inText('Dockerfile')).toBeNull();
	});

	it('is no sentence, no code, no address and nothing long', () => {
		for (const line of [
			'Convert it.',
			'Then in `src/item.ts` add it:',
			'...',
			'',
			'See https://example.org/a.ts',
			'https://example.org/a.ts',
			'[a](command:b/c.ts)',
			'file:///a.ts',
			'Done',
			'e.g.',
			'a/'.repeat(200),
		])
			expect(inText(line), line).toBeNull();
		for (const line of ['const a = b/c.d;', 'return a / b;', '}', '...', 'a => a.b', 'x'.repeat(400)]) expect(inCode(line), line).toBeNull();
	});
});
