import type { Chunk, ChunkProblem } from './chunk.ts';

/** A root folder of the workspace. `id` is stable for one worktree of one repository (see ingest/scan/worktreeIdentity). */
export interface WorkspaceFolder {
	/** Absolute path in the platform's form. */
	readonly path: string;
	readonly name: string;
}

/** A folder with who it is: the worktree it is, and the repository whose index it shares. */
export interface Worktree extends WorkspaceFolder {
	/** 16 hex digits; the same after the folder was moved if it is a git worktree. Becomes `workspace_id` of points. */
	readonly id: string;
	/** 16 hex digits: from the root commit where there is git, else from the path. */
	readonly repositoryId: string;
}

/** Why a file is not in the index. Each is counted and shown. */
export type SkipReason =
	| 'ignored'
	| 'secret-file'
	| 'binary'
	| 'minified'
	| 'generated'
	| 'too-large'
	| 'too-deep'
	| 'symlink'
	| 'unreadable'
	| 'empty'
	| 'quarantined'
	| 'excluded-type';

/** A file that a scan found worth reading. */
export interface ScannedFile {
	/** Relative to the worktree, `/` on every platform, Unicode as on disk. */
	readonly path: string;
	readonly sizeBytes: number;
	readonly mtimeMs: number;
}

/** What a worker made of one file. */
export type ProcessedFile =
	| {
			readonly status: 'chunked';
			readonly path: string;
			/** Hex SHA-256 of the bytes on disk. */
			readonly contentHash: string;
			readonly sizeBytes: number;
			readonly mtimeMs: number;
			readonly language: string;
			readonly lineCount: number;
			readonly chunks: readonly Chunk[];
			readonly problems: readonly ChunkProblem[];
			/** Modules, headers or files that this one names as imported, as written in the source. */
			readonly imports: readonly string[];
			/** How many secrets were blanked out. */
			readonly redactions: number;
	  }
	| { readonly status: 'skipped'; readonly path: string; readonly reason: SkipReason; readonly sizeBytes: number; readonly mtimeMs: number }
	| { readonly status: 'failed'; readonly path: string; readonly message: string };
