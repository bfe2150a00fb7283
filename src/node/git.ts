import { execFile, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import type { GitPort } from '#core/ports';
import { CommitLog, commitLog } from './commitLog.ts';
import { commitsAgo, recentCommits } from './recentCommits.ts';

/** A repository's own configuration must not make git run anything. */
const SAFE = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.quotePath=false', 'log.follow=false'];
const OPTIONS = ['--no-pager', ...SAFE.flatMap((setting) => ['-c', setting])];
const TIMEOUT_MS = 15_000;
const LOG_TIMEOUT_MS = 60_000;

/** Asks the `git` on the PATH. Read-only: no locks, no hooks, no pager, no prompt, no network. */
export function createGit(): GitPort {
	return {
		async identify(folder) {
			const places = await git(folder, ['rev-parse', '--show-toplevel', '--absolute-git-dir']);
			const roots = await git(folder, ['rev-list', '--max-parents=0', 'HEAD']);
			const [topLevel, gitDirectory] = places?.split('\n') ?? [];
			const rootCommit = roots?.trim().split('\n').at(-1);
			if (!topLevel || !gitDirectory || !rootCommit) return null;
			const isLinked = /[\\/]worktrees[\\/][^\\/]+$/.test(gitDirectory);
			return { rootCommit, topLevel, worktreeName: isLinked ? basename(gitDirectory) : '' };
		},
		async recentlyChanged(folder, commits) {
			const log = await git(folder, recentCommits(commits));
			return log === null ? null : commitsAgo(log);
		},
		async head(folder) {
			return (await git(folder, ['rev-parse', '--verify', '--quiet', 'HEAD']))?.trim() || null;
		},
		commits: (folder, { until, most, signal }) => readCommits(folder, commitLog(most, until), signal),
	};
}

async function* readCommits(folder: string, args: readonly string[], signal?: AbortSignal) {
	const child = spawn('git', argumentsFor(folder, args), { env: environment(), stdio: ['ignore', 'pipe', 'ignore'], timeout: LOG_TIMEOUT_MS, windowsHide: true, signal });
	const ended = new Promise<boolean>((resolve) => child.once('error', () => resolve(false)).once('close', (code) => resolve(code === 0)));
	try {
		lowerPriority(child.pid);
		const log = new CommitLog();
		for await (const piece of child.stdout) yield log.push(piece as Buffer);
		// What was cut off would lack some of its files.
		if (await ended) yield log.end();
	} catch {
		// Git could not be started, or was ended: what was read by then counts.
	} finally {
		child.kill();
	}
}

function lowerPriority(pid: number | undefined): void {
	try {
		if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
	} catch {
		// It has ended, or the system does not allow it.
	}
}

/** Standard output, or null when git is missing, fails or takes too long. */
function git(folder: string, args: readonly string[]): Promise<string | null> {
	return new Promise((resolve) => {
		execFile('git', argumentsFor(folder, args), { env: environment(), timeout: TIMEOUT_MS, maxBuffer: 64_000_000, windowsHide: true }, (error, output) =>
			resolve(error ? null : output),
		);
	});
}

function argumentsFor(folder: string, args: readonly string[]): string[] {
	return [...OPTIONS, '-C', folder, ...args];
}

/** With no protocol allowed, git cannot fetch what a partial clone lacks: it fails instead. */
function environment(): NodeJS.ProcessEnv {
	return { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'none', LC_ALL: 'C' };
}
