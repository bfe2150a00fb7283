/** One repository's index on the disk. */
export interface StoredIndex {
	readonly repositoryId: string;
	/** Absolute paths of the folders it was opened for, the last one first; empty when that is not known. */
	readonly folders: readonly string[];
	/** Database, log, snapshots and damaged copies. */
	readonly sizeBytes: number;
	/** Unix time of the last opening or closing, milliseconds. */
	readonly lastUsedMs: number;
	/** Whether this coordinator has it open; another process may have it too. */
	readonly isOpen: boolean;
}

export interface ClearedIndexes {
	/** Repositories whose index is gone. */
	readonly cleared: readonly string[];
	/** Those that another process has open, and keeps. */
	readonly inUse: readonly string[];
}
