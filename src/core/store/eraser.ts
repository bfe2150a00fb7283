/** What makes a deletion final. */
export interface Eraser {
	/** Remembers ids that the user deleted, so that what is read anew from files does not bring them back. An id tells nothing of its text. */
	noteDeleted(ids: readonly string[]): Promise<void>;
	/** Which of these ids the user deleted. */
	deletedAmong(ids: readonly string[]): Promise<ReadonlySet<string>>;
	/** Forgets which were deleted: all of them, or these. */
	forgetDeleted(ids: readonly string[] | null): Promise<void>;
	/** Removes text, words and vectors that no point has any more, and what belongs to interactions that are gone. */
	purge(): Promise<void>;
	/** Removes the copies of the whole that were made before a change of schema: they may hold what was deleted since. */
	removeCopies(): Promise<void>;
}
