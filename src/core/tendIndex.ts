import type { RecentChanges } from './ask/search/recentChanges.ts';
import { isCancellation, raceAbort, throwIfAborted } from './base/abort.ts';
import type { Worktree } from './domain/file.ts';
import type { IndexPhase } from './domain/indexStatus.ts';
import type { IngestQueue } from './ingest/ingestQueue.ts';
import type { LogPort } from './ports.ts';
import type { ManifestStore } from './store/manifestStore.ts';
import type { VectorStore } from './store/vectorStore.ts';

/**
 * Whenever words or vectors are complete, whoever made them, the index is read into memory, so that no question waits for it, and git is asked
 * what changed last. Who indexes also collects garbage and writes the index in memory down for the next start. Closing waits for what is being
 * done in the stores, which may be closed after it; nothing is begun from then on.
 */
export function tendIndex(options: {
	readonly queue: IngestQueue;
	readonly worktree: Worktree;
	readonly vectors: VectorStore;
	readonly manifest: ManifestStore;
	readonly recent: RecentChanges;
	readonly keepWithinLimit: () => Promise<void>;
	readonly log: Pick<LogPort, 'warn'>;
}): { close(): Promise<void> } {
	const { queue, worktree, vectors, manifest, recent, keepWithinLimit, log } = options;
	const filter = { must: [{ key: 'workspace_id', match: { value: worktree.id } }] };
	const closing = new AbortController();
	const { signal } = closing;
	let last: Promise<unknown> = Promise.resolve();

	async function tend(phase: IndexPhase): Promise<void> {
		const steps = [
			() => vectors.termStatistics('codebase-context', { field: 'text', hashes: [], filter }),
			// No store is waited for here, so nobody needs to wait for git.
			() => raceAbort(recent.refresh(worktree), signal),
			...(phase === 'ready' ? [() => manifest.collectGarbage()] : []),
			...(phase === 'following' ? [] : [() => vectors.checkpoint()]),
			...(phase === 'ready' ? [keepWithinLimit, () => queue.countAgain()] : []),
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
		const done = tend(phase).catch((error: unknown) => {
			if (!isCancellation(error)) log.warn(`The index could not be tidied and saved: ${String(error)}`);
		});
		last = Promise.all([last, done]);
	});
	return {
		close: async () => {
			closing.abort();
			await last;
		},
	};
}
