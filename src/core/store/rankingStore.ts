import type { FileRanking, JudgedRanking } from '#core/domain/fileRanking';

/**
 * How files were ranked for questions, and which of them proved right; shared by all processes of a user. Judgements are only ever appended,
 * each with the next number, so processes follow each other by reading what came after the last one they saw. Errors are those of SqliteDatabase.
 */
export interface RankingStore {
	/** Replaces an earlier ranking of the same interaction. */
	save(ranking: FileRanking): void;
	/** Null where it is unknown or long gone. */
	ranking(interactionId: string): FileRanking | null;
	/** What became of a ranking: replaces what was said of it before. Does nothing where the ranking is unknown. */
	judge(interactionId: string, judgement: Pick<JudgedRanking, 'used' | 'weight'>): void;
	/**
	 * Judged rankings numbered above `after`, in the order of judgement; the newest `limit` of them. `generation` changes when something was
	 * forgotten: who sees another one than before starts again from 0.
	 */
	read(after: number, limit: number): { readonly generation: number; readonly last: number; readonly rankings: readonly JudgedRanking[] };
	/** Forgets interactions; whoever learned from them starts again from 0. */
	forget(interactionIds: readonly string[]): void;
	/** Forgets all. */
	clear(): void;
}
