import type { CollectionName } from './collection.ts';

/** Why a hit stands where it stands; shown to the user under “why was this sent”. */
export interface HitReason {
	readonly signal:
		| 'words'
		| 'meaning'
		| 'static-meaning'
		| 'symbol'
		| 'path'
		| 'file-words'
		| 'import-graph'
		| 'open-editor'
		| 'selection'
		| 'diagnostic'
		| 'recency'
		| 'test-file'
		| 'document'
		| 'mentioned'
		/** What became of answers that used this place. */
		| 'experience'
		/** What outcomes say of its file: a factor on the file's score, which has gone into its rank. */
		| 'file-experience'
		/** Its file's rank among those that commits like the question wrote, by their messages; it has gone into the rank of the file. */
		| 'commits'
		/** How surely its file was right for similar questions, 0…1: it stands no lower than that promises. */
		| 'remembered';
	/** Rank in that signal's list from 1, or a factor for re-ranking signals. */
	readonly value: number;
}

/** A found piece of a file: one chunk, or several neighbouring chunks merged. */
export interface Hit {
	/** Ids of the points it is made of, in source order. */
	readonly ids: readonly string[];
	readonly workspaceId: string;
	/** Relative to the worktree, with `/`. */
	readonly filePath: string;
	/** 1-based, inclusive. */
	readonly startLine: number;
	readonly endLine: number;
	readonly language: string;
	readonly symbol: string | null;
	readonly breadcrumb: readonly string[];
	readonly text: string;
	/** Fused score; only comparable within one result. */
	readonly score: number;
	/** Calibrated probability that it is relevant, 0…1. */
	readonly relevance: number;
	readonly reasons: readonly HitReason[];
}

/** A found item of one of the four learned collections. */
export interface KnowledgeHit {
	readonly id: string;
	readonly collection: Exclude<CollectionName, 'codebase-context'>;
	readonly title: string;
	readonly text: string;
	readonly relevance: number;
	/** Stems from text that may not leave this machine. Absent: false. */
	readonly isLocalOnly?: boolean;
}
