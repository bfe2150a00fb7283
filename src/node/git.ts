import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import type { GitPort } from '#core/ports';
import { commitsAgo, recentCommits } from './recentCommits.ts';

/** A repository's own configuration must not make git run anything. */
const SAFE = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.quotePath=false'];
const TIMEOUT_MS = 15_000;

/** Asks the `git` on the PATH. Read-only: no locks, no hooks, no pager, no prompt. */
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
	};
}

/** Standard output, or null when git is missing, fails or takes too long. */
function git(folder: string, args: readonly string[]): Promise<string | null> {
	const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
	return new Promise((resolve) => {
		execFile('git', [...SAFE, '-C', folder, ...args], { env, timeout: TIMEOUT_MS, maxBuffer: 64_000_000, windowsHide: true }, (error, output) =>
			resolve(error ? null : output),
		);
	});
}
