import type { SkipReason } from './file.ts';

export type IndexPhase = 'not-indexed' | 'scanning' | 'indexing' | 'embedding' | 'ready' | 'paused' | 'stopped' | 'following' | 'failed';

/** A problem with its next step; the extension has the words for each code. */
export interface IndexProblem {
	readonly code: string;
	readonly message: string;
	readonly path?: string;
	readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export interface FolderStatus {
	readonly worktreeId: string;
	readonly repositoryId: string;
	readonly name: string;
	readonly path: string;
	readonly phase: IndexPhase;
	readonly files: number;
	readonly lines: number;
	readonly chunks: number;
	readonly bytes: number;
	readonly languages: Readonly<Record<string, number>>;
	readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
}

/** A snapshot of all folders; cheap enough to send with every change (at most four a second). */
export interface IndexStatus {
	readonly phase: IndexPhase;
	readonly folders: readonly FolderStatus[];
	/** Of the phase `indexing`: files; of `embedding`: chunks. */
	readonly progress: { readonly done: number; readonly total: number; readonly perSecond: number; readonly etaSeconds: number | null } | null;
	/** Chunks with a vector of the current model, of all chunks. */
	readonly vectors: { readonly done: number; readonly total: number };
	readonly embedding: { readonly id: string; readonly label: string; readonly dimension: number; readonly isRemote: boolean } | null;
	/** True when every known file is searchable by words. */
	readonly isSearchable: boolean;
	readonly problems: readonly IndexProblem[];
	readonly sizeBytes: number;
}
