import type { Worktree } from '#core/domain/file';
import type { ClockPort, GitPort } from '#core/ports';

/** Commits looked at; older ones say nothing. */
const COMMITS = 300;
/** Git is asked at most this often about a worktree. */
const REFRESH_MS = 5 * 60_000;

/** By path: how many commits ago a file was last touched, 0 by the last one. */
export type CommitsAgo = ReadonlyMap<string, number>;

/** What the last commits touched, kept in memory: a question reads it and never waits for git. */
export class RecentChanges {
	readonly #ports: { readonly git: GitPort; readonly clock: ClockPort };
	readonly #known = new Map<string, { readonly commitsAgo: CommitsAgo; readonly askedMs: number }>();

	constructor(ports: { readonly git: GitPort; readonly clock: ClockPort }) {
		this.#ports = ports;
	}

	/** Empty until `refresh` has run, and where there is no git. */
	of(worktree: Worktree): CommitsAgo {
		return this.#known.get(worktree.id)?.commitsAgo ?? new Map();
	}

	/** Asks git anew, unless it was asked a moment ago. Call it where nobody waits; it starts a process. */
	async refresh(worktree: Worktree): Promise<void> {
		const askedMs = this.#ports.clock.nowMs();
		const known = this.#known.get(worktree.id);
		if (known && askedMs - known.askedMs < REFRESH_MS) return;
		this.#known.set(worktree.id, { commitsAgo: known?.commitsAgo ?? new Map(), askedMs });
		const commitsAgo = await this.#ports.git.recentlyChanged(worktree.path, COMMITS);
		this.#known.set(worktree.id, { commitsAgo: commitsAgo ?? new Map(), askedMs });
	}
}

/** What the last commit adds to a file's score, and after how many more commits half of that is left. See the decision record on fusion for what it was chosen on. */
const GAIN = 0.1;
const HALF_LIFE_COMMITS = 100;

/** From 1, for a file that the last commits left alone, to 1.1. */
export function recencyFactor(commitsAgo: number | undefined): number {
	return commitsAgo === undefined ? 1 : 1 + GAIN * 0.5 ** (commitsAgo / HALF_LIFE_COMMITS);
}
