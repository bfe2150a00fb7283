/** How the files of a folder were ranked for a question: what its outcome is later joined with, in that workspace alone. Paths and numbers, no text. */
export interface FileRanking {
	readonly interactionId: string;
	readonly workspaceId: string;
	/** Milliseconds since 1970. */
	readonly timeMs: number;
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

/** What outcomes say of the files of the open folders by the words of their paths. */
export interface LearnedRanking {
	readonly outcomes: number;
	/** The strongest first, each with the name of its folder. */
	readonly words: readonly (LearnedPathWord & { readonly folder: string })[];
}

/** What the owner can do with it. */
export interface RankingOwner {
	overview(): LearnedRanking;
	/** Forgets it, in all processes and workspaces. */
	reset(): void;
	/** Everything it is made of, as JSON. */
	export(): string;
}
