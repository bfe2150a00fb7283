import type { Chunk } from '#core/domain/chunk';
import type { ProcessedFile, SkipReason, Worktree } from '#core/domain/file';

/** How much was removed. */
export interface GarbageReport {
	readonly outlines: number;
	readonly bodies: number;
}

/** What is known of one path of one worktree. */
export interface ManifestEntry {
	readonly path: string;
	readonly sizeBytes: number;
	readonly mtimeMs: number;
	/** Null for a skipped file. */
	readonly contentHash: string | null;
	readonly language: string | null;
	readonly skipReason: SkipReason | null;
	readonly failureCount: number;
	readonly lineCount: number;
	readonly chunkCount: number;
}

export type ChunkedFile = Extract<ProcessedFile, { status: 'chunked' }>;

export interface LeaseHolder {
	readonly owner: string;
	readonly expiresAtMs: number;
}

export interface ManifestTotals {
	readonly files: number;
	readonly lines: number;
	readonly chunks: number;
	readonly bytes: number;
	/** Files per language. */
	readonly languages: Readonly<Record<string, number>>;
	readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
}

/**
 * Which paths a worktree has, and the outline (chunks) of every content ever seen in the repository.
 * Outlines are keyed by content hash, language and chunker version, so a branch switch or a second worktree parses nothing twice.
 * `record` and `remove` also write the points of `codebase-context`, in the same transaction: what is in the manifest is searchable.
 */
export interface ManifestStore {
	/** All entries, or those of some paths and of what lies below them. */
	entries(worktreeId: string, paths?: readonly string[]): Promise<Map<string, ManifestEntry>>;
	/** False while nothing is known that `knownOutlines` could find. */
	hasOutlines(): Promise<boolean>;
	/** Whether a first pass over the worktree was finished since it was cleared, by whichever process. */
	isComplete(worktreeId: string): Promise<boolean>;
	/** Notes that a first pass is finished. */
	markComplete(worktreeId: string): Promise<void>;
	/** Which of these (content hash, language) have a stored outline. Keys as `contentHash:language`. */
	knownOutlines(keys: readonly string[]): Promise<Set<string>>;
	/** Puts files into the worktree, replacing what their paths had. One transaction. */
	record(worktree: Worktree, files: readonly ProcessedFile[]): Promise<void>;
	/** Puts files of known outline into the worktree without their chunks being sent again. */
	recordKnown(
		worktree: Worktree,
		files: readonly {
			readonly path: string;
			readonly contentHash: string;
			readonly language: string;
			readonly sizeBytes: number;
			readonly mtimeMs: number;
		}[],
	): Promise<void>;
	/** Paths that are gone; their chunks vanish from results at once. */
	remove(worktree: Worktree, paths: readonly string[]): Promise<void>;
	/** Replaces the counts of what the scan itself skipped (ignored, secret, …), which have no entry of their own. */
	recordSkips(
		worktree: Worktree,
		counts: Readonly<Partial<Record<SkipReason, number>>>,
		examples: Readonly<Partial<Record<SkipReason, readonly string[]>>>,
	): Promise<void>;
	totals(worktreeId: string): Promise<ManifestTotals>;
	/** Some skipped paths of a reason, for the view. */
	skippedExamples(worktreeId: string, reason: SkipReason, limit: number): Promise<string[]>;
	/** Chunks of a file in source order, from its stored outline; empty when unknown. */
	chunks(
		worktreeId: string,
		path: string,
	): Promise<Pick<Chunk, 'ordinal' | 'kind' | 'symbol' | 'breadcrumb' | 'startLine' | 'endLine' | 'text' | 'contentHash' | 'tokens'>[]>;
	/** Files that import, or are imported by, one of `paths`, as resolved within the worktree. */
	importNeighbours(worktreeId: string, paths: readonly string[]): Promise<Map<string, readonly string[]>>;
	/** Takes or renews the indexing lease; the holder when somebody else has it. */
	acquireLease(worktreeId: string, owner: string, durationMs: number): Promise<'acquired' | LeaseHolder>;
	releaseLease(worktreeId: string, owner: string): Promise<void>;
	/** Forgets a worktree, or everything of the repository when none is named; unreferenced content goes with it. */
	clear(worktreeId?: string): Promise<void>;
	/**
	 * Removes contents that no worktree has had for a fortnight, with their vectors. Call when nothing is being indexed, as often as you like:
	 * null means that it was done within the last day.
	 */
	collectGarbage(): Promise<GarbageReport | null>;
	/** Bytes on disk, of everything that is stored for the repository. */
	sizeBytes(): Promise<number>;
	close(): Promise<void>;
}
