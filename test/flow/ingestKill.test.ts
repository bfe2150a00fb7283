import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createFileProcessor } from '#node/fileProcessor';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { indexContent, openIngest } from '../support/ingest.ts';
import { temporaryFolder } from '../support/workspace.ts';

const processor = createFileProcessor({ assetsPath: assetsPath(), threads: 2 });
afterAll(() => processor.close());

const KILLS = 6;
const FILE_COUNT = 1_000;

/** Indexes in a process of its own; resolves when that process was killed after `batches` committed batches, or had finished. */
async function indexAndKill(
	workspace: string,
	data: string,
	offsetMs: number,
	batches: number,
): Promise<{ readonly recorded: readonly string[]; readonly isDone: boolean }> {
	const child: ChildProcess = fork(join(repositoryRoot, 'test/support/ingestChild.ts'), [workspace, data, String(offsetMs)], {
		execArgv: [],
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	const recorded: string[] = [];
	let isDone = false;
	let seen = 0;
	child.on('message', (message: { readonly recorded?: readonly string[]; readonly phase?: string }) => {
		if (message.recorded) {
			recorded.push(...message.recorded);
			seen++;
		} else isDone = true;
		if (isDone || seen >= batches) child.kill('SIGKILL');
	});
	const [code] = await once(child, 'exit');
	// One that is done ends by itself, unless the signal is faster.
	if (!isDone) expect(code, 'the process ended by itself').toBeNull();
	return { recorded, isDone };
}

it('loses nothing acknowledged when it is killed again and again, and ends with the index of an undisturbed run', async () => {
	using workspace = temporaryFolder();
	using data = temporaryFolder();
	using undisturbed = temporaryFolder();
	workspace.write(
		Object.fromEntries(
			Array.from({ length: FILE_COUNT }, (_, i) => [`d${i % 20}/f${i}.ts`, `export function handler${i}(value: number) {\n\treturn value + ${i};\n}\n`]),
		),
	);
	const acknowledged = new Set<string>();
	let isDone = false;
	for (let kill = 0; kill < KILLS; kill++) {
		// Each process finds the lease of the one before it run out.
		const run = await indexAndKill(workspace.path, data.path, kill * 3_600_000, 1);
		for (const path of run.recorded) {
			expect(acknowledged.has(path), `${path} was read again`).toBe(false);
			acknowledged.add(path);
		}
		isDone = run.isDone;
		const { manifest, worktree, close } = await openIngest({ workspace: workspace.path, dataDirectory: data.path, processor });
		const entries = await manifest.entries(worktree.id);
		for (const path of acknowledged) expect(entries.get(path)?.contentHash).toMatch(/^[0-9a-f]{64}$/);
		await close();
	}
	expect(isDone).toBe(false);
	expect(acknowledged.size).toBeLessThan(FILE_COUNT);
	await indexAndKill(workspace.path, data.path, KILLS * 3_600_000, Number.POSITIVE_INFINITY);
	const [survivor, fresh] = [
		await openIngest({ workspace: workspace.path, dataDirectory: data.path, processor }),
		await openIngest({ workspace: workspace.path, dataDirectory: undisturbed.path, processor }),
	];
	await fresh.queue.start();
	const content = await indexContent(survivor);
	expect(content).toHaveLength(FILE_COUNT);
	expect(content).toEqual(await indexContent(fresh));
	await survivor.close();
	await fresh.close();
});

it('hands the work of a killed process to another that wants it, at once and with all that was acknowledged', async () => {
	using workspace = temporaryFolder();
	using data = temporaryFolder();
	workspace.write(Object.fromEntries(Array.from({ length: FILE_COUNT }, (_, i) => [`d${i % 20}/f${i}.ts`, `export const value${i} = ${i};\n`])));
	const recorded = new Map<ChildProcess, string[]>();
	let isKilled = false;
	const rivals = [1, 2].map(() => {
		const child = fork(join(repositoryRoot, 'test/support/ingestChild.ts'), [workspace.path, data.path, '0'], {
			execArgv: [],
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		});
		recorded.set(child, []);
		return child;
	});
	const finished = new Promise<ChildProcess>((resolve) => {
		for (const child of rivals) {
			child.on('message', (message: { readonly recorded?: readonly string[] }) => {
				if (!message.recorded) return resolve(child);
				recorded.get(child)?.push(...message.recorded);
				// The first to record something has the lease, and dies with it, at work.
				if (!isKilled) child.kill('SIGKILL');
				isKilled = true;
			});
		}
	});
	try {
		const heir = await finished;
		const [dead] = rivals.filter((child) => child !== heir);
		expect(dead?.signalCode).toBe('SIGKILL');
		const before = dead ? (recorded.get(dead) ?? []) : [];
		const after = recorded.get(heir) ?? [];
		expect(before.length).toBeGreaterThan(0);
		expect(after.length).toBeGreaterThan(0);
		expect(after.filter((path) => before.includes(path))).toEqual([]);
		const { manifest, worktree, close } = await openIngest({ workspace: workspace.path, dataDirectory: data.path, processor });
		const entries = await manifest.entries(worktree.id);
		expect(entries.size).toBe(FILE_COUNT);
		for (const path of [...before, ...after]) expect(entries.get(path)?.contentHash).toMatch(/^[0-9a-f]{64}$/);
		await close();
	} finally {
		for (const child of rivals) child.kill('SIGKILL');
	}
	// A lease that had to run out would take thirty seconds.
}, 25_000);
