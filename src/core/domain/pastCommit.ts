/** A file that a commit wrote. */
export interface CommittedFile {
	/** Relative to the folder, with `/`. */
	readonly path: string;
	/** Its path before the commit, where the commit moved it; null: the same. */
	readonly from: string | null;
}

/** A commit, read as a question that was answered: what was wanted, and which files that changed. */
export interface PastCommit {
	/** Subject and body, cut to some thousands of characters. */
	readonly message: string;
	/** Without those that it deleted. */
	readonly files: readonly CommittedFile[];
}
