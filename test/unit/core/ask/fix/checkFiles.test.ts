import { describe, expect, it } from 'vitest';
import { checkFiles } from '#core/ask/fix/checkFiles';
import type { FoundFixFile } from '#core/ask/fix/findFixFile';
import { syntaxCheck } from '#core/ask/fix/keepsSyntax';
import { fixParser } from '../../../../support/fixes.ts';

const parser = fixParser();
const own = { path: '/w/cart.ts', text: 'export const total = price * amount;\n', language: 'typescript' };
const FILES: Readonly<Record<string, FoundFixFile>> = {
	'item.ts': { file: { path: '/w/item.ts', text: 'export const price = 1;\r\nexport const name = "a";\r\n', language: 'typescript' } },
	'/w/item.ts': { file: { path: '/w/item.ts', text: 'export const price = 1;\r\nexport const name = "a";\r\n', language: 'typescript' } },
	'cart.ts': { file: own },
	'.env': { refused: 'secret-file' },
};
const edit = (path: string | null, search: string, replace: string) => ({ path, search: search === '' ? [] : search.split('\n'), replace: replace.split('\n') });
const check = (...edits: readonly ReturnType<typeof edit>[]) =>
	checkFiles(edits, own, {
		find: async (name) =>
			FILES[name] ?? (name.startsWith('n') ? { file: { path: `/w/${name}`, text: 'let a = 1;\n', language: 'typescript' } } : { refused: 'not-indexed' }),
		syntaxCheck: (language) => syntaxCheck(parser, language),
	});
const addAmount = edit('item.ts', 'export const price = 1;', 'export const price = 1;\nexport const amount = 2;');

describe('the edits of several files', () => {
	it('are checked each in its own file, and that of the diagnostics comes first', async () => {
		expect(await check(addAmount, edit(null, 'export const total = price * amount;', 'export const total = price;'))).toEqual({
			files: [
				{ path: '/w/cart.ts', edits: [{ search: ['export const total = price * amount;'], replace: ['export const total = price;'] }] },
				{ path: '/w/item.ts', edits: [{ search: ['export const price = 1;'], replace: ['export const price = 1;', 'export const amount = 2;'] }] },
			],
		});
		expect(await check(addAmount)).toMatchObject({ files: [{ path: '/w/item.ts' }] });
	});

	it('are of one file however often and by which name it is said', async () => {
		const fixed = await check(
			addAmount,
			edit('/w/item.ts', 'export const name = "a";', 'export const name = "b";'),
			edit('cart.ts', 'export const total = price * amount;', 'export {};'),
		);
		expect(fixed).toMatchObject({ files: [{ path: '/w/cart.ts' }, { path: '/w/item.ts', edits: [{}, {}] }] });
	});

	it('are refused together when one does not do, with its file', async () => {
		expect(await check(edit(null, 'export const total = price * amount;', 'export {};'), edit('item.ts', 'no such line', 'a'))).toEqual({
			refused: 'not-found',
			file: 'item.ts',
		});
		expect(await check(addAmount, edit(null, 'no such line', 'a'))).toEqual({ refused: 'not-found', file: null });
		expect(await check(edit('item.ts', 'export const price = 1;\nexport const name = "a";', 'a'), edit('item.ts', 'export const name = "a";', 'b'))).toEqual({
			refused: 'ambiguous',
			file: 'item.ts',
		});
		expect(await check(addAmount, edit('/w/item.ts', 'export const name = "a";', 'export const name = ("a";'))).toEqual({ refused: 'would-break', file: 'item.ts' });
		expect(await check(addAmount, edit('.env', 'KEY=1', 'KEY=2'))).toEqual({ refused: 'secret-file', file: '.env' });
		expect(await check(addAmount, edit('../a.ts', 'a', 'b'))).toEqual({ refused: 'not-indexed', file: '../a.ts' });
	});

	it('make no files', async () => {
		expect(await check(edit('other.ts', '', 'export {};'))).toEqual({ refused: 'new-file', file: 'other.ts' });
		expect(await check(edit('item.ts', '', 'export {};'))).toEqual({ refused: 'no-edit', file: 'item.ts' });
	});

	it('that change nothing do not count, unless all are so', async () => {
		const nothing = edit(null, 'export const total = price * amount;', 'export const total = price * amount;');
		expect(await check(nothing, addAmount)).toMatchObject({ files: [{ path: '/w/item.ts' }] });
		expect(await check(nothing)).toEqual({ refused: 'no-change', file: null });
	});

	it('are of a handful of files at most', async () => {
		const many = (count: number) => Array.from({ length: count }, (_, index) => edit(`n${index}.ts`, 'let a = 1;', 'let a = 2;'));
		expect(await check(...many(5))).toMatchObject({ files: [{}, {}, {}, {}, {}] });
		expect(await check(...many(6))).toEqual({ refused: 'too-many-files', file: null });
	});
});
