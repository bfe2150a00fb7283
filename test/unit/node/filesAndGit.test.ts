import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

async function commitsOf(at: string, most = 100) {
	const head = await ports.git.head(at);
	const commits = [];
	for await (const some of head ? ports.git.commits(at, { until: head, most }) : []) commits.push(...some);
	return commits;
}

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
		writeFileSync(join(folder, 'run.sh'), `#!/bin/sh\ntouch '${join(folder, 'ran')}'\n`, { mode: 0o755 });
		writeFileSync(join(folder, '.gitattributes'), '* diff=x\n');
		for (const name of ['diff.external', 'diff.x.textconv', 'core.pager', 'alias.log']) git(folder, 'config', name, join(folder, 'run.sh'));
		await ports.git.recentlyChanged(folder, 10);
		expect(await commitsOf(folder)).toHaveLength(1);
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

describe('the commits of a repository', () => {
	const commit = (at: string, message: string | Buffer) => {
		git(at, 'add', '-A');
		execFileSync('git', ['-C', at, '-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '-q', '--cleanup=verbatim', '-F', '-'], { input: message });
	};
	const write = (path: string, content: string) => writeFileSync(join(folder, path), content);

	it('are their messages with the files that they wrote, the newest first, without merges', async () => {
		makeRepository(folder);
		git(folder, 'checkout', '-q', '-b', 'other');
		write('a.ts', 'a');
		commit(folder, 'Add ä\n\nIn full.\n');
		git(folder, 'checkout', '-q', 'main');
		write('b.ts', 'b');
		commit(folder, 'Add b');
		git(folder, 'merge', '-q', '--no-ff', '-m', 'Merge it', 'other');
		renameSync(join(folder, 'b.ts'), join(folder, 'c.ts'));
		rmSync(join(folder, 'sub', 'ä file.ts'));
		commit(folder, 'Move b');
		const commits = await commitsOf(folder);
		expect(commits.map(({ message }) => message.trim()).sort()).toEqual(['Add b', 'Add ä\n\nIn full.', 'Move b', 'first']);
		expect(commits[0]).toEqual({ message: expect.stringMatching(/^Move b/), files: [{ path: 'c.ts', from: 'b.ts' }] });
		expect(await commitsOf(folder, 2)).toHaveLength(2);
	});

	it('are told by paths below the folder, in a worktree and in a shallow clone too', async () => {
		const main = join(folder, 'main');
		makeRepository(main);
		writeFileSync(join(main, 'top.ts'), 'x');
		commit(main, 'Add one above');
		expect(await commitsOf(join(main, 'sub'))).toEqual([{ message: expect.stringMatching(/^first/), files: [{ path: 'ä file.ts', from: null }] }]);
		git(main, 'worktree', 'add', '-q', join(folder, 'second'));
		expect(await commitsOf(join(folder, 'second'))).toHaveLength(2);
		git(folder, 'clone', '-q', '--depth', '1', `file://${main}`, 'shallow');
		expect((await commitsOf(join(folder, 'shallow'))).flatMap(({ files }) => files.map(({ path }) => path)).sort()).toEqual(['sub/ä file.ts', 'top.ts']);
	});

	it('are none where there is no git, no commit, and no such commit', async () => {
		expect(await commitsOf(folder)).toEqual([]);
		git(folder, 'init', '-q');
		expect(await commitsOf(folder)).toEqual([]);
		for await (const some of ports.git.commits(folder, { until: 'a1'.repeat(20), most: 10 })) expect(some).toEqual([]);
		for await (const some of ports.git.commits(join(folder, 'none'), { until: 'HEAD', most: 10 })) expect(some).toEqual([]);
	});

	it('are read whatever is in their messages and names, beside a submodule', async () => {
		makeRepository(folder);
		write('\nM', 'x');
		git(folder, 'config', 'i18n.logOutputEncoding', 'latin1');
		commit(folder, Buffer.concat([Buffer.from(`${'a1'.repeat(20)}\nM\nR100\n`), Buffer.from([0xff, 0xfe, 0x1b, 0x5b]), Buffer.alloc(3_000_000, 'y')]));
		writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe4, 0xff])]), 'x');
		commit(folder, 'No such letters');
		git(folder, 'update-index', '--add', '--cacheinfo', `160000,${'b2'.repeat(20)},module`);
		git(folder, 'commit', '-q', '-m', 'Add a module');
		const commits = await commitsOf(folder);
		expect(commits.map(({ files }) => files.map(({ path }) => path))).toEqual([['module'], ['\ufffd\ufffd'], ['\nM'], ['sub/ä file.ts']]);
		expect(commits[2]?.message.length).toBeLessThanOrEqual(4_096);
	});

	it('are never fetched from elsewhere: a partial clone tells what it has', async () => {
		makeRepository(join(folder, 'main'));
		git(join(folder, 'main'), 'config', 'uploadpack.allowFilter', 'true');
		git(folder, 'clone', '-q', '--no-checkout', '--filter=tree:0', `file://${join(folder, 'main')}`, 'partial');
		const objects = () => readdirSync(join(folder, 'partial', '.git', 'objects', 'pack'));
		const before = objects();
		expect(before.some((name) => name.endsWith('.promisor'))).toBe(true);
		expect(await commitsOf(join(folder, 'partial'))).toEqual([]);
		expect(await ports.git.recentlyChanged(join(folder, 'partial'), 10)).toBeNull();
		expect(objects()).toEqual(before);
	});

	it('end when nobody wants them any more', async () => {
		makeRepository(folder);
		const head = (await ports.git.head(folder)) ?? '';
		for await (const some of ports.git.commits(folder, { until: head, most: 10, signal: AbortSignal.abort() })) expect(some).toEqual([]);
	});
});
