import { describe, expect, it } from 'vitest';
import { scanWorkspace } from '#core/ingest/scan/scanWorkspace';
import { DEFAULT_SETTINGS } from '#core/settings';
import { createMemoryFiles } from '../../../../support/memoryFiles.ts';

type Tree = Record<string, string | null>;
const at = (tree: Tree): Tree => Object.fromEntries(Object.entries(tree).map(([path, text]) => [`/w/${path}`, text]));
const scan = (tree: Tree, index: Partial<typeof DEFAULT_SETTINGS.index> = {}, unreadable: readonly string[] = []) =>
	scanWorkspace('/w', createMemoryFiles(at(tree), { unreadable }), { index: { ...DEFAULT_SETTINGS.index, ...index } });
const paths = async (tree: Tree, index?: Partial<typeof DEFAULT_SETTINGS.index>) =>
	(await scan(tree, index)).files
		.map(({ path }) => path)
		.filter((path) => !path.endsWith('ignore'))
		.sort();

describe('scanWorkspace', () => {
	it('applies nested ignore files, the deeper one over the shallower', async () => {
		const tree = {
			'.gitignore': '*.gen.ts\n/only-here.ts',
			'a.gen.ts': 'x',
			'only-here.ts': 'x',
			'src/only-here.ts': 'x',
			'src/.gitignore': '!keep.gen.ts',
			'src/keep.gen.ts': 'x',
			'src/b.gen.ts': 'x',
		};
		expect(await paths(tree)).toEqual(['src/keep.gen.ts', 'src/only-here.ts']);
	});

	it('finds a hundred thousand tiny files', async () => {
		const tree = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}.ts`, 'x']));
		const { files, skipped } = await scan(tree);
		expect(new Set(files.map(({ path }) => path)).size).toBe(100_000);
		expect(skipped).toEqual({});
	});

	it('lets .hybridignore win over .ignore, and .ignore over .gitignore', async () => {
		expect(await paths({ '.gitignore': 'a\nb', '.ignore': '!a\n!b', '.hybridignore': 'b', a: 'x', b: 'x', c: 'x' })).toEqual(['a', 'c']);
	});

	it('enters an ignored folder for what .hybridignore takes back below it', async () => {
		const tree = { '.gitignore': 'gen/', '.hybridignore': '!gen/api/client.ts', 'gen/other.ts': 'x', 'gen/api/client.ts': 'x', 'gen/api/b.ts': 'x' };
		expect(await paths(tree)).toEqual(['gen/api/client.ts']);
	});

	it('takes a whole ignored folder back', async () => {
		expect(await paths({ '.gitignore': 'gen/', '.hybridignore': '!gen/\n!dist', 'gen/a.ts': 'x', 'gen/b/c.ts': 'x', 'dist/d.ts': 'x' })).toEqual([
			'dist/d.ts',
			'gen/a.ts',
			'gen/b/c.ts',
		]);
	});

	it('leaves out default folders and the patterns of the setting, and counts a folder once', async () => {
		const result = await scan({ 'node_modules/a/index.js': 'x', 'node_modules/b.js': 'x', 'x.sql': 'x', 'ok.ts': 'x' }, { exclude: ['*.sql'] });
		expect(result.files.map(({ path }) => path)).toEqual(['ok.ts']);
		expect(result.skipped).toEqual({ ignored: 2 });
		expect(result.examples.ignored).toEqual(expect.arrayContaining(['node_modules/', 'x.sql']));
	});

	it('never takes a secret file, even one that .hybridignore asks for', async () => {
		const secrets = ['.env', '.env.example', 'a/.env.local', 'key.pem', 'id_rsa', '.npmrc', '.aws/config', 'service-account-1.json', 'terraform.tfstate'];
		const result = await scan({ '.hybridignore': '!.env\n!**/*.pem', ...Object.fromEntries(secrets.map((path) => [path, 'x'])), 'environment.ts': 'x' });
		expect(result.files.map(({ path }) => path).filter((path) => path !== '.hybridignore')).toEqual(['environment.ts']);
		expect(result.skipped['secret-file']).toBe(secrets.length);
	});

	it('counts every other skipped file by its reason', async () => {
		const result = await scan(
			{ 'a.png': 'x', 'e.ts': '', 'big.ts': 'x'.repeat(11), 'l.ts': null, 'yarn.lock': 'x', 'a.min.js': 'x', 'u.ts': 'x' },
			{ maxFileBytes: 10 },
			['/w/u.ts'],
		);
		expect(result.skipped).toEqual({ binary: 1, empty: 1, 'too-large': 1, symlink: 1, generated: 1, minified: 1, unreadable: 1 });
	});

	it('walks a tree of 2,000 folders, and names with spaces, quotes and emoji', async () => {
		const deep = `${Array.from({ length: 2000 }, () => 'd').join('/')}/a.ts`;
		const odd = `it's a "name" 🚀/${'n'.repeat(300)}.ts`;
		expect(await paths({ [deep]: 'x', [odd]: 'x' })).toEqual([deep, odd].sort());
	});

	it('goes on past a folder that cannot be read, and says so', async () => {
		const result = await scan({ 'bad/a.ts': 'x', 'good/b.ts': 'x' }, {}, ['/w/bad']);
		expect(result.files.map(({ path }) => path)).toEqual(['good/b.ts']);
		expect(result.unreadableFolders).toEqual(['bad']);
	});

	it.each(['/home/me', '/home', '/'])('refuses %s', async (folder) => {
		await expect(scanWorkspace(folder, createMemoryFiles({ '/home/me/a': 'x' }), { index: DEFAULT_SETTINGS.index })).rejects.toMatchObject({ code: 'workspace-refused' });
	});
});
