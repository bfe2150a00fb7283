import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanWorkspace } from '#core/ingest/scan/scanWorkspace';
import { identifyWorktree } from '#core/ingest/scan/worktreeIdentity';
import { DEFAULT_SETTINGS } from '#core/settings';
import { createFiles } from '#node/files';
import { createGit } from '#node/git';

const ports = { files: createFiles(), git: createGit() };
let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'hybrid files '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (at: string, ...args: string[]) =>
	execFileSync('git', ['-C', at, '-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'init.defaultBranch=main', '-c', 'commit.gpgsign=false', ...args], {
		stdio: 'pipe',
	});
const identify = (path: string) => identifyWorktree({ path, name: 'x' }, ports);

function makeRepository(path: string): void {
	mkdirSync(join(path, 'sub'), { recursive: true });
	writeFileSync(join(path, 'sub', 'ä file.ts'), 'x');
	git(path, 'init', '-q');
	git(path, 'add', '.');
	git(path, 'commit', '-q', '-m', 'first');
}

describe('the file system', () => {
	it('is scanned without following links, so that a loop ends', async () => {
		mkdirSync(join(folder, 'a'));
		writeFileSync(join(folder, 'a', 'x.ts'), 'x');
		symlinkSync(folder, join(folder, 'a', 'loop'));
		symlinkSync(join(folder, 'a', 'x.ts'), join(folder, 'link.ts'));
		const result = await scanWorkspace(folder, ports.files, { index: DEFAULT_SETTINGS.index });
		expect(result.files.map(({ path }) => path)).toEqual(['a/x.ts']);
		expect(result.skipped.symlink).toBe(2);
	});

	it('says what is gone and what cannot be read', async () => {
		await expect(ports.files.stat(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
		await expect(ports.files.readFile(folder)).rejects.toMatchObject({ code: 'file-unreadable' });
	});

	it('refuses the home folder', async () => {
		await expect(scanWorkspace(ports.files.guardedFolders[0] ?? '/', ports.files, { index: DEFAULT_SETTINGS.index })).rejects.toMatchObject({
			code: 'workspace-refused',
		});
	});
});

describe('the identity of a worktree', () => {
	it('survives a move, and differs between worktrees and subfolders of one repository', async () => {
		const main = join(folder, 'main');
		makeRepository(main);
		git(main, 'worktree', 'add', '-q', join(folder, 'second'));
		const [first, second, sub] = [await identify(main), await identify(join(folder, 'second')), await identify(join(main, 'sub'))];
		expect(new Set([first.repositoryId, second.repositoryId, sub.repositoryId]).size).toBe(1);
		expect(new Set([first.id, second.id, sub.id]).size).toBe(3);
		renameSync(main, join(folder, 'moved'));
		expect((await identify(join(folder, 'moved'))).id).toBe(first.id);
	});

	it('is the path where there is no git', async () => {
		const [one, again] = [await identify(folder), await identify(folder)];
		expect(one).toEqual(again);
		expect(await ports.git.recentlyChanged(folder, 10)).toBeNull();
	});

	it('runs nothing that a repository asks for', async () => {
		makeRepository(folder);
		git(folder, 'config', 'core.fsmonitor', `touch '${join(folder, 'ran')}'; false`);
		await identify(folder);
		await ports.git.recentlyChanged(folder, 10);
		await expect(ports.files.stat(join(folder, 'ran'))).rejects.toMatchObject({ code: 'not-found' });
	});

	it('knows when each path changed last, with odd names as on disk', async () => {
		makeRepository(folder);
		const changed = await ports.git.recentlyChanged(folder, 10);
		expect([...(changed?.keys() ?? [])]).toEqual(['sub/ä file.ts']);
		expect(changed?.get('sub/ä file.ts')).toBe(0);
		writeFileSync(join(folder, '1600000000'), 'a name like a time');
		git(folder, 'add', '.');
		git(folder, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '-m', 'second');
		expect(await ports.git.recentlyChanged(folder, 10)).toEqual(
			new Map([
				['1600000000', 0],
				['sub/ä file.ts', 1],
			]),
		);
		expect([...((await ports.git.recentlyChanged(folder, 1)) ?? [])]).toEqual([['1600000000', 0]]);
	});
});
