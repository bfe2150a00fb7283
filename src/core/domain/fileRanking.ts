/** How the files of a folder were ranked for a question: what its outcome is later joined with. Paths and numbers, no text. */
export interface FileRanking {
	readonly interactionId: string;
	readonly workspaceId: string;
	/** Milliseconds since 1970. */
	readonly timeMs: number;
	/** Whether text that may not leave this machine was in the question or its context: then it counts in its own workspace alone. */
	readonly isLocalOnly: boolean;
	/** Best first; without what was learned. */
	readonly files: readonly ExpectedFile[];
}

/** A file, relative to the worktree with `/`, and how likely it was to be the right one by its rank: the shares of a question add up to 1 at most. */
export interface ExpectedFile {
	readonly filePath: string;
	readonly share: number;
}

/** Beside that, which of the files the question was answered with. */
export interface JudgedRanking extends FileRanking {
	readonly used: readonly string[];
	/** How much it counts, 0…1; 0: it went badly, or nobody knows. */
	readonly weight: number;
}

/** A folder's or file's name that outcomes speak for or against. */
export interface LearnedPathWord {
	readonly word: string;
	/** Right files with the word, and how many their ranks had promised. */
	readonly found: number;
	readonly expected: number;
	/** What it does to a file's chance of being right: 1 is nothing. */
	readonly factor: number;
}

/** What outcomes say of files by the words of their paths. */
export interface LearnedRanking {
	readonly outcomes: number;
	/** The strongest first. */
	readonly words: readonly LearnedPathWord[];
}

/** What the owner can do with it. */
export interface RankingOwner {
	/** As it counts in a workspace. */
	overview(workspaceId: string): LearnedRanking;
	/** Forgets it, in all processes and workspaces. */
	reset(): void;
	/** Everything it is made of, as JSON. */
	export(): string;
}
