import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasLocalOnlyMark, type LocalOnlyVerdict } from '#core/domain/localOnly';
import { createLocalOnlyCheck } from '#core/ingest/scan/localOnlyRules';
import { createFiles } from '#node/files';
import { createMemoryFiles } from '../../../../support/memoryFiles.ts';
import { temporaryFolder } from '../../../../support/workspace.ts';

/** Verdicts by path of some files of `/w`, or absolute ones. */
async function verdicts(tree: Record<string, string>, paths: readonly string[], patterns: readonly string[] = [], unreadable: readonly string[] = []) {
	const check = createLocalOnlyCheck({ files: createMemoryFiles(tree, { unreadable }), folders: () => ['/w'], patterns: () => patterns });
	const absolute = paths.map((path) => (path.startsWith('/') ? path : `/w/${path}`));
	const found = await check(absolute.map((path) => ({ path })));
	return Object.fromEntries(paths.map((path, index) => [path, found[index]] as [string, LocalOnlyVerdict | undefined]));
}

describe('local-only files', () => {
	it('are those that a .hybridlocal names, in its folder and below, the deeper one winning', async () => {
		const tree = {
			'/w/.hybridlocal': 'secret/\n*.key.ts\n!open.key.ts\n',
			'/w/a/.hybridlocal': '!*.key.ts\n/inner.ts\n!secret/\n',
			'/w/a/secret/y.ts': '',
			'/w/secret/.hybridlocal': '!x.ts\n',
			'/w/secret/x.ts': '',
			'/w/one.key.ts': '',
			'/w/open.key.ts': '',
			'/w/a/one.key.ts': '',
			'/w/a/inner.ts': '',
			'/w/a/b/inner.ts': '',
		};
		expect(await verdicts(tree, ['secret/x.ts', 'a/secret/y.ts', 'one.key.ts', 'open.key.ts', 'a/one.key.ts', 'a/inner.ts', 'a/b/inner.ts'])).toEqual({
			'secret/x.ts': 'rule-file',
			'a/secret/y.ts': 'open',
			'one.key.ts': 'rule-file',
			'open.key.ts': 'open',
			'a/one.key.ts': 'open',
			'a/inner.ts': 'rule-file',
			'a/b/inner.ts': 'open',
		});
	});

	it('are named by rules above the workspace and outside it too', async () => {
		const tree = { '/clients/.hybridlocal': '*\n', '/clients/acme/src/a.ts': '', '/w/a.ts': '' };
		expect(await verdicts(tree, ['/clients/acme/src/a.ts', '/clients/acme/gone.ts', 'a.ts'])).toEqual({
			'/clients/acme/src/a.ts': 'rule-file',
			'/clients/acme/gone.ts': 'rule-file',
			'a.ts': 'open',
		});
	});

	it('are named by the setting, which no file can take back', async () => {
		const tree = { '/w/.hybridlocal': '!*\n', '/w/docs/a.md': '', '/w/src/docs/b.md': '', '/w/src/c.ts': '', '/else/d.pem.ts': '' };
		expect(await verdicts(tree, ['docs/a.md', 'src/docs/b.md', 'src/c.ts', '/else/d.pem.ts'], ['/docs/', '*.pem.ts'])).toEqual({
			'docs/a.md': 'setting',
			'src/docs/b.md': 'open',
			'src/c.ts': 'open',
			'/else/d.pem.ts': 'setting',
		});
	});

	it('are those that bear the mark in their first lines, in any encoding, and not those that mention it later', async () => {
		const late = `${'x\n'.repeat(10)}// hybrid:local-only\n`;
		const tree = {
			'/w/.hybridlocal': '!marked.py',
			'/w/marked.py': '#!/usr/bin/python\n# hybrid:local-only\nx = 1\n',
			'/w/late.py': late,
			'/w/none.py': 'hybrid:local-onlyish',
		};
		expect(await verdicts(tree, ['marked.py', 'late.py', 'none.py'])).toEqual({ 'marked.py': 'mark', 'late.py': 'open', 'none.py': 'open' });
		for (const bytes of [Buffer.from('\uFEFF// hybrid:local-only\n', 'utf16le'), Buffer.from('// HYBRID:LOCAL-ONLY\r\n')]) {
			expect(hasLocalOnlyMark(new TextDecoder().decode(bytes))).toBe(true);
		}
	});

	it('are those of which it cannot be found out', async () => {
		const tree = { '/w/a.ts': '', '/w/deep/.hybridlocal': '', '/w/deep/b.ts': '', '/w/bad/.hybridlocal': 'x\0', '/w/bad/c.ts': '' };
		expect(await verdicts(tree, ['a.ts', 'deep/b.ts', 'bad/c.ts', 'gone.ts'], [], ['/w/a.ts', '/w/deep/.hybridlocal'])).toEqual({
			'a.ts': 'unreadable',
			'deep/b.ts': 'unreadable',
			'bad/c.ts': 'unreadable',
			'gone.ts': 'missing',
		});
	});

	it('are known by what an editor holds and has not saved', async () => {
		const check = createLocalOnlyCheck({ files: createMemoryFiles({ '/w/a.ts': 'x' }), folders: () => ['/w'], patterns: () => [] });
		expect(
			await check([
				{ path: '/w/a.ts', text: '// hybrid:local-only' },
				{ path: 'Untitled-1', text: '// hybrid:local-only' },
				{ path: 'Untitled-2', text: 'x' },
			]),
		).toEqual(['mark', 'mark', 'missing']);
	});

	it('change at once with the rule file, the setting and the mark', async () => {
		using folder = temporaryFolder();
		folder.write({ 'a.ts': 'x' });
		let patterns: readonly string[] = [];
		const check = createLocalOnlyCheck({ files: createFiles(), folders: () => [folder.path], patterns: () => patterns });
		const look = async () => (await check([{ path: folder.join('a.ts') }]))[0];
		expect(await look()).toBe('open');
		folder.write({ '.hybridlocal': 'a.ts' });
		expect(await look()).toBe('rule-file');
		folder.write({ '.hybridlocal': 'b.ts' });
		expect(await look()).toBe('open');
		patterns = ['*.ts'];
		expect(await look()).toBe('setting');
		patterns = [];
		folder.write({ 'a.ts': '// hybrid:local-only' });
		expect(await look()).toBe('mark');
	});

	it.skipIf(process.platform === 'win32')('are also reached through a link', async () => {
		using folder = temporaryFolder();
		folder.write({ 'secret/a.ts': 'x', 'secret/.hybridlocal': '*', 'open/b.ts': 'x' });
		symlinkSync(folder.join('secret/a.ts'), folder.join('open/link.ts'));
		symlinkSync(folder.join('secret'), folder.join('folder'));
		const check = createLocalOnlyCheck({ files: createFiles(), folders: () => [folder.path], patterns: () => [] });
		const ask = (...names: readonly string[]) => check(names.map((name) => ({ path: folder.join(name) })));
		expect(await ask('open/link.ts', 'folder/a.ts', 'open/../secret/a.ts', 'open/b.ts')).toEqual(['rule-file', 'rule-file', 'rule-file', 'open']);
		if (process.getuid?.() !== 0) {
			chmodSync(folder.join('open/b.ts'), 0o000);
			expect(await ask('open/b.ts')).toEqual(['unreadable']);
		}
		rmSync(folder.join('secret/.hybridlocal'));
		expect(await ask('open/link.ts')).toEqual(['open']);
	});

	it('are what git would ignore by the same patterns', async () => {
		const name = fc.constantFrom('a', 'b', 'c.ts', 'd.ts');
		const pattern = fc.constantFrom(
			'a',
			'a/',
			'/a',
			'b/',
			'*.ts',
			'c.*',
			'**/b',
			'a/**',
			'!c.ts',
			'!a/',
			'!*.ts',
			'/b/c.ts',
			'!/a/b',
			'# x',
			'',
			'*',
			'!b/**',
			'a/*/c.ts',
			'[cd].ts',
		);
		const rules = fc.array(fc.tuple(fc.constantFrom('', 'a/', 'b/', 'a/b/', 'a/a/'), fc.array(pattern, { minLength: 1, maxLength: 4 })), { minLength: 1, maxLength: 3 });
		const files = fc.array(fc.array(name, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
		await fc.assert(
			fc.asyncProperty(rules, files, async (ruleFiles, fileParts) => {
				using folder = temporaryFolder();
				const paths = [...new Set(fileParts.map((parts) => [...parts.slice(0, -1).map((part) => part.replace('.', '')), `${parts.at(-1)}.x.ts`].join('/')))];
				const texts = new Map(ruleFiles.map(([base, lines]) => [base, `${lines.join('\n')}\n`]));
				folder.write(Object.fromEntries(paths.map((path) => [path, 'x'])));
				for (const [base, text] of texts) folder.write({ [`${base}.gitignore`]: text, [`${base}.hybridlocal`]: text });
				execFileSync('git', ['init', '-q'], { cwd: folder.path });
				const ignored = new Set(gitIgnored(folder.path, paths));
				const check = createLocalOnlyCheck({ files: createFiles(), folders: () => [folder.path], patterns: () => [] });
				const found = await check(paths.map((path) => ({ path: folder.join(path) })));
				expect(Object.fromEntries(paths.map((path, i) => [path, found[i] !== 'open']))).toEqual(Object.fromEntries(paths.map((path) => [path, ignored.has(path)])));
			}),
			{
				numRuns: 60,
				examples: [
					[
						[
							['', ['a/**']],
							['a/', ['!a/']],
						],
						[['a', 'a', 'a']],
					],
				],
			},
		);
	});
});

function gitIgnored(folder: string, paths: readonly string[]): string[] {
	try {
		const out = execFileSync('git', ['check-ignore', '--no-index', '--stdin', '-z'], { cwd: folder, input: paths.join('\0'), encoding: 'utf8' });
		return out.split('\0').filter((path) => path !== '');
	} catch (error) {
		// Git ends with 1 when nothing is ignored.
		if (error instanceof Error && 'status' in error && error.status === 1) return [];
		throw error;
	}
}
