import { describe, expect, it } from 'vitest';
import { createFindFixFile } from '#core/ask/fix/findFixFile';
import type { FixRequest } from '#core/domain/fix';
import type { LocalOnlyCheck } from '#core/domain/localOnly';
import type { FilePort } from '#core/ports';
import type { ManifestEntry } from '#core/store/manifestStore';
import { createMemoryFiles } from '../../../../support/memoryFiles.ts';

const ENTRY = { sizeBytes: 1, mtimeMs: 1, contentHash: 'x', language: 'typescript', skipReason: null, failureCount: 0, lineCount: 1, chunkCount: 1 } as const;
const request: FixRequest = { interactionId: 'one', path: '/w/src/cart.ts', text: 'own', language: 'typescript', diagnostics: [] };
const here = { isRemote: false };
const elsewhere = { isRemote: true };

/** Folders with what is on the disk, and what of it is in the index. */
function world(
	tree: Record<string, string | null>,
	indexed: Record<string, Record<string, Partial<ManifestEntry>>>,
	more: { readonly files?: Partial<FilePort>; readonly localOnly?: LocalOnlyCheck } = {},
) {
	const stores = Object.entries(indexed).map(([path, entries]) => ({
		worktree: { id: path, repositoryId: path, path, name: path },
		manifest: {
			entries: async (_: string, paths: readonly string[] = []) =>
				new Map(paths.flatMap((name) => (entries[name] ? [[name, { ...ENTRY, path: name, ...entries[name] }] as const] : []))),
		},
	}));
	return createFindFixFile({
		stores: () => stores as never,
		files: { ...createMemoryFiles(tree), ...more.files },
		localOnly: more.localOnly ?? (async (questions) => questions.map(() => 'open')),
	});
}

const simple = () => world({ '/w/src/item.ts': 'item' }, { '/w': { 'src/item.ts': {} } });
const refusedAs = async (find: ReturnType<typeof world>, name: string, model = here) => {
	const found = await find(name, { request, model });
	return 'refused' in found ? found.refused : found.file.path;
};

describe('the file that an answer wants to change', () => {
	it('is found by the name it was shown under, in the folder and absolute', async () => {
		for (const name of ['src/item.ts', './src/item.ts', 'src\\item.ts', '/w/src/item.ts'])
			expect(await simple()(name, { request, model: here }), name).toEqual({ file: { path: '/w/src/item.ts', text: 'item', language: 'typescript' } });
	});

	it('is the diagnostics’ own by any of its names, with the text of the editor', async () => {
		for (const name of ['src/cart.ts', './src/cart.ts', '/w/src/cart.ts', 'src\\cart.ts', 'cart.ts'])
			expect(await simple()(name, { request, model: here }), name).toEqual({ file: request });
	});

	it('is no file outside of the folders, whatever its name says', async () => {
		const tree = { '/w/src/item.ts': 'item', '/other/a.ts': 'a', '/w2/src/item.ts': 'b' };
		const find = world(tree, { '/w': { 'src/item.ts': {} } });
		for (const name of [
			'../other/a.ts',
			'src/../../other/a.ts',
			'/other/a.ts',
			'src/../src/item.ts',
			'/w2/src/item.ts',
			'C:\\other\\a.ts',
			'\\\\server\\share\\a.ts',
			'file:///w/src/item.ts',
			'~/a.ts',
			'',
			'/',
			'.',
			'..',
		])
			expect(await refusedAs(find, name), name).toBe('not-indexed');
	});

	it('is no file of another case, and none that is left out of the index', async () => {
		const find = world(
			{ '/w/src/item.ts': 'item', '/w/dist/out.ts': 'out', '/w/big.ts': 'big' },
			{ '/w': { 'src/item.ts': {}, 'big.ts': { skipReason: 'too-large', contentHash: null } } },
		);
		for (const name of ['SRC/item.ts', 'src/Item.ts', 'dist/out.ts', 'big.ts']) expect(await refusedAs(find, name), name).toBe('not-indexed');
	});

	it('is none that holds secrets, in the index or not', async () => {
		const read: string[] = [];
		const find = world({ '/w/.env': 'KEY=1' }, { '/w': { '.env': {} } }, { files: { readFile: async (path) => (read.push(path), new Uint8Array()) } });
		for (const name of ['.env', '.ssh/config', './.env', '../.aws/credentials']) expect(await refusedAs(find, name), name).toBe('secret-file');
		expect(read).toEqual([]);
	});

	it('is none that a link has taken the place of, or that lies behind one', async () => {
		const tree = { '/w/src/item.ts': 'item', '/real/src/item.ts': 'item' };
		const indexed = { '/w': { 'src/item.ts': {} } };
		const to = (target: string) => world(tree, indexed, { files: { realPath: async (path) => (path === '/w/src/item.ts' ? target : path) } });
		expect(await refusedAs(to('/other/secret.ts'), 'src/item.ts')).toBe('not-indexed');
		// The folder itself may be opened through one.
		const folder = world(tree, indexed, { files: { realPath: async (path) => path.replace('/w', '/real') } });
		expect(await refusedAs(folder, 'src/item.ts')).toBe('/w/src/item.ts');
	});

	it('is none that is gone or is no text', async () => {
		expect(await refusedAs(world({}, { '/w': { 'src/item.ts': {} } }), 'src/item.ts')).toBe('not-indexed');
		const bytes = world({}, { '/w': { 'src/item.ts': {} } }, { files: { readFile: async () => new Uint8Array([0xff, 0xfe, 0x00]) } });
		expect(await refusedAs(bytes, 'src/item.ts')).toBe('not-indexed');
	});

	it('has the text of the editor where it is not saved', async () => {
		const unsaved = [{ path: '/w/src/item.ts', text: 'typed' }];
		expect(await simple()('src/item.ts', { request: { ...request, unsaved }, model: here })).toMatchObject({ file: { text: 'typed' } });
	});

	it('is nothing to a model elsewhere where it may not leave the machine: it is not read', async () => {
		const read: string[] = [];
		const files = { readFile: async (path: string) => (read.push(path), new TextEncoder().encode('item')) };
		const localOnly: LocalOnlyCheck = async (questions) =>
			questions.map(({ path, text }) => (path.includes('item') || text?.includes('hybrid:local-only') ? 'mark' : 'open'));
		const find = world({ '/w/src/item.ts': 'item' }, { '/w': { 'src/item.ts': {}, 'src/open.ts': {} } }, { files, localOnly });
		expect(await refusedAs(find, 'src/item.ts', elsewhere)).toBe('local-only');
		expect(read).toEqual([]);
		expect(await refusedAs(find, 'src/item.ts')).toBe('/w/src/item.ts');
		expect(await refusedAs(find, 'src/open.ts', elsewhere)).toBe('/w/src/open.ts');
		const marked = { ...request, unsaved: [{ path: '/w/src/open.ts', text: '// hybrid:local-only' }] };
		expect(await find('src/open.ts', { request: marked, model: elsewhere })).toEqual({ refused: 'local-only' });
	});

	it('is that of the diagnostics’ folder where several have it', async () => {
		const find = world({ '/a/src/item.ts': 'a', '/w/src/item.ts': 'w' }, { '/a': { 'src/item.ts': {} }, '/w': { 'src/item.ts': {} } });
		expect(await refusedAs(find, 'src/item.ts')).toBe('/w/src/item.ts');
		const other = world({ '/a/src/only.ts': 'a' }, { '/a': { 'src/only.ts': {} }, '/w': {} });
		expect(await refusedAs(other, 'src/only.ts')).toBe('/a/src/only.ts');
	});

	it('is found on Windows as well', async () => {
		const files: Partial<FilePort> = { join: (...parts) => parts.join('\\'), readFile: async () => new TextEncoder().encode('item') };
		const own = { ...request, path: 'c:\\w\\src\\cart.ts' };
		const find = world({}, { 'c:\\w': { 'src/item.ts': {} } }, { files });
		for (const name of ['src/item.ts', 'src\\item.ts', 'c:\\w\\src\\item.ts'])
			expect(await find(name, { request: own, model: here }), name).toMatchObject({ file: { path: 'c:\\w\\src\\item.ts' } });
		for (const name of ['src/cart.ts', 'src\\cart.ts']) expect(await find(name, { request: own, model: here }), name).toEqual({ file: own });
		expect(await find('c:\\other\\a.ts', { request: own, model: here })).toEqual({ refused: 'not-indexed' });
	});
});
