import type { Event } from '#core/base/event';
import type { FolderStatus, IndexStatus } from '#core/domain/indexStatus';
import type { FileChange } from '#core/domain/requests';

export interface IngestQueueStatus extends Pick<IndexStatus, 'progress' | 'vectors' | 'embedding' | 'isSearchable' | 'problems' | 'sizeBytes'> {
	readonly folder: FolderStatus;
}

/** Keeps one worktree's index true: one thing at a time, changes before vectors, under the worktree's lease. */
export interface IngestQueue {
	/** Resolves when the worktree is searchable by words (or another process keeps it so); rejects when the first pass fails. */
	start(): Promise<void>;
	pause(): void;
	resume(): void;
	/** Ends what is running; `start` begins anew, from what is stored. */
	stop(): void;
	filesChanged(changes: readonly FileChange[]): void;
	/** Absolute paths of files that somebody looks at: they come first, words and vectors. */
	prioritise(paths: readonly string[]): void;
	/** Makes no vectors until the work is done (it needs the same processor), for some seconds at most. */
	yieldTo(work: Promise<unknown>): void;
	status(): IngestQueueStatus;
	readonly onDidChange: Event<void>;
	/** Resolves when nothing is queued, or the queue is paused, stopped or failed; with `vectors`, also when none can be made now. */
	whenIdle(options?: { readonly vectors?: boolean }): Promise<void>;
	/** After the index was cleared by somebody: forgets what it believed. */
	reset(): Promise<void>;
	/** Looks again how much is stored, for the status. */
	countAgain(): Promise<void>;
	settingsChanged(): Promise<void>;
	close(): Promise<void>;
}
