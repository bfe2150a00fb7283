import { throwIfAborted } from '#core/base/abort';
import type { Worktree } from '#core/domain/file';
import type { ClockPort, GitPort } from '#core/ports';
import { CommitWords } from './commitWords.ts';

/** Commits that are read, the newest. */
const COMMITS = 10_000;
/** Whether another commit is checked out is asked at most this often. */
const REFRESH_MS = 60_000;

interface KnownHistory {
	readonly words: CommitWords | null;
	/** The commit it was read from; null: none was there. */
	readonly head: string | null;
	readonly askedMs: number;
}

/** What a worktree's commits say of its files, kept in memory: a question takes what is there and never waits for git. */
export class CommitHistory {
	readonly #ports: { readonly git: GitPort; readonly clock: ClockPort };
	readonly #known = new Map<string, KnownHistory>();

	constructor(ports: { readonly git: GitPort; readonly clock: ClockPort }) {
		this.#ports = ports;
	}

	/** Null until `refresh` has run, and where there is no git. */
	of(worktree: Worktree): CommitWords | null {
		return this.#known.get(worktree.id)?.words ?? null;
	}

	/** For a folder that is closed. */
	forget(worktree: Worktree): void {
		this.#known.delete(worktree.id);
	}

	/** Reads the history anew where another commit is checked out than it was read from. Call it where nobody waits: it takes a second for 10,000 commits. */
	async refresh(worktree: Worktree, signal?: AbortSignal): Promise<void> {
		const { git, clock } = this.#ports;
		const askedMs = clock.nowMs();
		const known = this.#known.get(worktree.id) ?? { words: null, head: null, askedMs: Number.NEGATIVE_INFINITY };
		if (askedMs - known.askedMs < REFRESH_MS) return;
		this.#known.set(worktree.id, { ...known, askedMs });
		const head = await git.head(worktree.path);
		if (head === known.head) return;
		const words = head === null ? null : await readCommitWords(git, worktree.path, head, signal);
		throwIfAborted(signal);
		this.#known.set(worktree.id, { words, head, askedMs });
	}
}

/** Reads the commits of a folder up to one of them. */
export async function readCommitWords(git: GitPort, folder: string, until: string, signal?: AbortSignal): Promise<CommitWords> {
	const words = new CommitWords();
	for await (const commits of git.commits(folder, { until, most: COMMITS, ...(signal ? { signal } : {}) })) {
		for (const commit of commits) words.add(commit);
	}
	return words;
}
