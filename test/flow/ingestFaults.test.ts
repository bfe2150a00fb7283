import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { FileProcessorPort } from '#core/ports';
import { createFileProcessor } from '#node/fileProcessor';
import { assetsPath } from '../support/assets.ts';
import { type OpenIngest, openIngest } from '../support/ingest.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const processor = createFileProcessor({ assetsPath: assetsPath(), threads: 1 });
afterAll(() => processor.close());

const GOOD = { 'good.ts': 'export const lighthouse = 1;\n' };

/** The real worker, but for a file that kills its thread as a crash in a parser does. */
const MINEFIELD = `import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ request }) => {
	for (const { path } of request.files) if (readFileSync(join(request.root, path), 'utf8').includes('mine')) process.exit(134);
});
await import(${JSON.stringify(pathToFileURL(join(assetsPath(), 'fileWorker.mjs')).href)});
`;

describe('ingest of bad input', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});
	function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): TemporaryFolder {
		const made = temporaryFolder();
		cleanUps.push(() => made[Symbol.dispose]());
		made.write(files);
		return made;
	}
	/** Opens and indexes; what else lies in the folder must not keep the good file from being found. */
	async function indexed(path: string, using: FileProcessorPort = processor): Promise<OpenIngest> {
		const ingest = await openIngest({ workspace: path, dataDirectory: folder().path, processor: using });
		cleanUps.push(() => ingest.close());
		await ingest.queue.start();
		return ingest;
	}
	const skippedIn = (ingest: OpenIngest) => ingest.queue.status().folder.skipped;

	it('is searchable and empty for an empty folder', async () => {
		const ingest = await indexed(folder().path);
		expect(ingest.queue.status()).toMatchObject({ isSearchable: true, problems: [], folder: { files: 0, chunks: 0 } });
	});

	it('leaves out a file of a gigabyte, a minified bundle and a pipe, each by its reason', async () => {
		const workspace = folder({ ...GOOD, 'huge.ts': '', 'bundle.js': `var a=${'function(){return 1}+'.repeat(2_000)}0;` });
		truncateSync(workspace.join('huge.ts'), 1 << 30);
		execFileSync('mkfifo', [workspace.join('pipe.ts')]);
		const ingest = await indexed(workspace.path);
		expect(skippedIn(ingest)).toEqual({ 'too-large': 1, minified: 1, 'excluded-type': 1 });
		expect(await ingest.search('lighthouse')).toEqual(['good.ts']);
	});

	it('indexes text with invalid UTF-8, and leaves out bytes that are no text', async () => {
		const latin = new Uint8Array([...new TextEncoder().encode('// caf'), 0xe9, ...new TextEncoder().encode('\nexport const espresso = 1;\n')]);
		const ingest = await indexed(folder({ ...GOOD, 'latin.ts': latin, 'bytes.ts': new Uint8Array([1, 2, 0, 3, 0, 0, 9]) }).path);
		expect(await ingest.search('espresso')).toEqual(['latin.ts']);
		expect(skippedIn(ingest)).toEqual({ binary: 1 });
	});

	it('goes on when files vanish between the scan and the reading, and forgets them', async () => {
		const workspace = folder({ ...GOOD, 'vanishing.ts': 'export const comet = 1;\n' });
		const late: FileProcessorPort = {
			...processor,
			process: (root, files, options) => {
				rmSync(workspace.join('vanishing.ts'), { force: true });
				return processor.process(root, files, options);
			},
		};
		const ingest = await indexed(workspace.path, late);
		expect(await ingest.search('lighthouse comet')).toEqual(['good.ts']);
		expect(skippedIn(ingest)).toEqual({ unreadable: 1 });
		ingest.queue.filesChanged([{ path: workspace.join('vanishing.ts'), kind: 'deleted' }]);
		await ingest.queue.whenIdle();
		expect(skippedIn(ingest)).toEqual({});
	});

	it('walks 2,000 folders deep', async () => {
		const workspace = folder(GOOD);
		const deep = Array.from({ length: 2_000 }, () => 'd').join('/');
		mkdirSync(workspace.join(deep), { recursive: true });
		workspace.write({ [`${deep}/bottom.ts`]: 'export const abyss = 1;\n' });
		expect(await (await indexed(workspace.path)).search('abyss')).toEqual([`${deep}/bottom.ts`]);
	});

	it('indexes what it can reach when folders lie deeper than the system can name', async () => {
		const workspace = folder(GOOD);
		execFileSync(
			process.execPath,
			['-e', "for (let i = 0; i < 2500; i++) { fs.mkdirSync('d'); process.chdir('d'); } fs.writeFileSync('bottom.ts', 'export const unreachable = 1;')"],
			{ cwd: workspace.path },
		);
		const ingest = await indexed(workspace.path);
		expect(await ingest.search('lighthouse unreachable')).toEqual(['good.ts']);
		expect(skippedIn(ingest)).toEqual({ unreadable: 1 });
		expect(ingest.queue.status()).toMatchObject({ isSearchable: true, problems: [] });
		execFileSync('rm', ['-rf', workspace.join('d')]);
	});

	it('leaves a file alone that kills its reader again and again, shows it, and tries it again when it has changed', async () => {
		const workspace = folder({ ...GOOD, 'deadly.ts': 'export const mine = 1;\n', 'calm.ts': 'export const harbour = 1;\n' });
		const scripts = folder({ 'worker.mjs': MINEFIELD });
		const fragile = createFileProcessor({ assetsPath: assetsPath(), threads: 2, workerPath: scripts.join('worker.mjs') });
		cleanUps.push(() => fragile.close());
		const ingest = await indexed(workspace.path, fragile);
		expect((await ingest.search('lighthouse harbour mine')).sort()).toEqual(['calm.ts', 'good.ts']);
		expect(skippedIn(ingest)).toEqual({ unreadable: 1 });
		for (const shown of [{ unreadable: 1 }, { quarantined: 1 }, { quarantined: 1 }]) {
			ingest.processed.length = 0;
			ingest.queue.filesChanged([{ path: workspace.path, kind: 'changed' }]);
			await ingest.queue.whenIdle();
			expect(skippedIn(ingest)).toEqual(shown);
		}
		expect(ingest.processed).toEqual([]);
		workspace.write({ 'deadly.ts': 'export const harmless = 1;\n' });
		ingest.queue.filesChanged([{ path: workspace.join('deadly.ts'), kind: 'changed' }]);
		await ingest.queue.whenIdle();
		expect(await ingest.search('harmless')).toEqual(['deadly.ts']);
		expect(skippedIn(ingest)).toEqual({});
	});

	it('follows no link: neither a loop, nor out of the workspace, nor to a file', async () => {
		const outside = folder({ 'secret.ts': 'export const lighthouse = 2;\n' });
		const workspace = folder({ 'a/good.ts': 'export const lighthouse = 1;\n' });
		symlinkSync('..', workspace.join('a/loop'));
		symlinkSync(outside.path, workspace.join('outside'));
		symlinkSync('a/good.ts', workspace.join('alias.ts'));
		const ingest = await indexed(workspace.path);
		expect(await ingest.search('lighthouse')).toEqual(['a/good.ts']);
		expect(skippedIn(ingest)).toEqual({ symlink: 3 });
		symlinkSync('a/good.ts', workspace.join('later.ts'));
		ingest.queue.filesChanged([{ path: workspace.join('later.ts'), kind: 'created' }]);
		await ingest.queue.whenIdle();
		expect(await ingest.search('lighthouse')).toEqual(['a/good.ts']);
	});

	it('keeps spaces, quotes, emoji and long names in paths', async () => {
		const odd = [`it's a "folder"/100% 🚀 #1.ts`, `${'n'.repeat(120)}/${'o'.repeat(180)}.ts`, 'back`tick;$(rm)/näme.ts', 'ignore me?/[x].ts'];
		const ingest = await indexed(folder(Object.fromEntries(odd.map((path) => [path, 'export const oddity = 1;\n']))).path);
		expect((await ingest.search('oddity')).sort()).toEqual([...odd].sort());
	});

	it('reads the ignore files above an opened folder, and git’s exclude file in a linked worktree', async () => {
		const workspace = folder({
			'.gitignore': 'gen/\n/app/only.ts\n',
			'app/gen/a.ts': 'export const harbour = 1;\n',
			'app/only.ts': 'export const harbour = 2;\n',
			'app/sub/only.ts': 'export const harbour = 3;\n',
		});
		const git = (...args: string[]) => execFileSync('git', ['-C', workspace.path, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { stdio: 'ignore' });
		git('init', '-q');
		expect(await (await indexed(workspace.join('app'))).search('harbour')).toEqual(['sub/only.ts']);
		// A folder that is ignored itself was opened on purpose.
		expect(await (await indexed(workspace.join('app/gen'))).search('harbour')).toEqual(['a.ts']);
		git('add', '-f', '.');
		git('commit', '-qm', 'one');
		const linked = folder();
		git('worktree', 'add', '-q', linked.join('linked'));
		workspace.write({ '.git/info/exclude': 'sub/\n' });
		const ingest = await indexed(linked.join('linked'));
		expect(await ingest.search('harbour')).toEqual([]);
		expect(await ingest.search('linked worktrees gitdir')).toEqual([]);
	});

	it('opens no ignored folder for a pattern without a slash', async () => {
		const files = { '.gitignore': 'gen/\n', '.hybridignore': '!keep.ts\n', 'gen/keep.ts': 'export const buoy = 1;\n', 'keep.ts': 'export const buoy = 2;\n' };
		expect(await (await indexed(folder(files).path)).search('buoy')).toEqual(['keep.ts']);
	});
});
