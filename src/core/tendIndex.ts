import type { CommitHistory } from './ask/search/commitHistory.ts';
import type { RecentChanges } from './ask/search/recentChanges.ts';
import { isCancellation, raceAbort, throwIfAborted } from './base/abort.ts';
import type { Worktree } from './domain/file.ts';
import type { IndexPhase } from './domain/indexStatus.ts';
import type { IngestQueue } from './ingest/ingestQueue.ts';
import type { LogPort } from './ports.ts';
import type { ManifestStore } from './store/manifestStore.ts';
import type { VectorStore } from './store/vectorStore.ts';

export interface IndexTending {
	/** Asks git whether another commit is checked out by now. */
	lookAgain(): void;
	close(): Promise<void>;
}

/**
 * Whenever words or vectors are complete, whoever made them, the index is read into memory, so that no question waits for it, and git is asked
 * what changed last, and for the messages of the commits. Who indexes also collects garbage and writes the index in memory down for the next
 * start. Closing waits for what is being done in the stores, which may be closed after it; nothing is begun from then on.
 */
export function tendIndex(options: {
	readonly queue: IngestQueue;
	readonly worktree: Worktree;
	readonly vectors: VectorStore;
	readonly manifest: ManifestStore;
	readonly recent: RecentChanges;
	readonly commits: CommitHistory;
	readonly keepWithinLimit: () => Promise<void>;
	readonly log: Pick<LogPort, 'warn'>;
}): IndexTending {
	const { queue, worktree, vectors, manifest, recent, commits, keepWithinLimit, log } = options;
	const filter = { must: [{ key: 'workspace_id', match: { value: worktree.id } }] };
	const closing = new AbortController();
	const { signal } = closing;
	let last: Promise<unknown> = Promise.resolve();

	// No store is waited for in these, so nobody needs to wait for git.
	const askGit = () => raceAbort(recent.refresh(worktree), signal);
	const readCommits = () => raceAbort(commits.refresh(worktree, signal), signal);

	async function tend(phase: IndexPhase): Promise<void> {
		const steps = [
			() => vectors.termStatistics('codebase-context', { field: 'text', hashes: [], filter }),
			askGit,
			...(phase === 'ready' ? [() => manifest.collectGarbage()] : []),
			...(phase === 'following' ? [] : [() => vectors.checkpoint()]),
			...(phase === 'ready' ? [keepWithinLimit, () => queue.countAgain()] : []),
			readCommits,
		];
		for (const step of steps) {
			throwIfAborted(signal);
			await step();
		}
	}

	let before = queue.status().folder.phase;
	queue.onDidChange(() => {
		const { phase } = queue.status().folder;
		if (phase === before) return;
		before = phase;
		if (signal.aborted || (phase !== 'ready' && phase !== 'embedding' && phase !== 'following')) return;
		own(tend(phase), 'The index could not be tidied and saved');
	});
	function own(work: Promise<void>, failure: string): void {
		const done = work.catch((error: unknown) => {
			if (!isCancellation(error)) log.warn(`${failure}: ${String(error)}`);
		});
		last = Promise.all([last, done]);
	}
	return {
		lookAgain: () => {
			if (!signal.aborted) own(askGit().then(readCommits), 'Git could not be asked');
		},
		close: async () => {
			closing.abort();
			await last;
			commits.forget(worktree);
		},
	};
}
