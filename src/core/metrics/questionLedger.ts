import type { CallSums, LatencySamples, QuestionSums } from '#core/domain/dashboard';
import type { QuestionFigures, QuestionOutcome, QuestionRow } from '#core/domain/questionRow';

/** From `fromMs`, included, to `toMs`, left out; open where absent. */
export interface LedgerRange {
	readonly fromMs?: number;
	readonly toMs?: number;
}

/** Bounds of sums are whole multiples of this, so that days of every time zone can be told apart: all are whole quarters of an hour from UTC. */
export const SLOT_MS = 900_000;

/** Every field that is there must be equal, or one of several. */
export type QuestionFilter = Partial<Pick<QuestionRow, 'workspaceId' | 'modelId' | 'isRetried' | 'isControl' | 'outcome' | 'userFeedback' | 'isHighValue'>> & {
	readonly answeredBy?: QuestionRow['answeredBy'] | readonly QuestionRow['answeredBy'][];
};

export type SumsFilter = Partial<Pick<QuestionRow, 'workspaceId' | 'modelId'>>;

export interface QuestionPage {
	/** Newest first; of one time, by id. */
	readonly rows: readonly QuestionRow[];
	/** Hand it to `questions` for what is older; null at the end. */
	readonly next: string | null;
}

/** Sums of the calls of one model in one period; periods and models without calls are absent. */
export interface CallCell extends CallSums {
	/** Number of the period: from `bounds[period]`, included, to `bounds[period + 1]`, left out. */
	readonly period: number;
	readonly modelId: string;
	readonly isRemote: boolean;
}

/** Sums of the questions of one model, and one price that they are compared with, in one period. */
export interface QuestionCell extends QuestionSums {
	readonly period: number;
	readonly modelId: string | null;
	readonly referenceModelId: string | null;
	readonly referencePriceAsOf: string | null;
}

/**
 * Calls, question by question, and what became of them. Sums are at every moment exactly the sums of the rows that `rows` and `questions` give:
 * money in nano-dollars, durations in microseconds, shares in millionths.
 */
export interface QuestionLedger {
	/** Notes how asking went; replaces what was noted before. A question that no model was called for gets its row by this. */
	recordFigures(asked: { readonly interactionId: string; readonly timeMs: number; readonly workspaceId: string | null }, figures: QuestionFigures): Promise<void>;
	/** Notes what became of an answer; replaces what was noted before. A question that is unknown, or was forgotten, stays so. */
	recordOutcome(interactionId: string, outcome: QuestionOutcome): Promise<void>;
	questions(options?: { readonly range?: LedgerRange; readonly filter?: QuestionFilter; readonly limit?: number; readonly after?: string }): Promise<QuestionPage>;
	/** Sums by period and model. `bounds` ascend, two or more, multiples of `SLOT_MS`: else `invalid-argument`. */
	sums(bounds: readonly number[], filter?: SumsFilter): Promise<{ readonly calls: readonly CallCell[]; readonly questions: readonly QuestionCell[] }>;
	/** Durations, and predictions with their outcomes, of the newest `limit` calls and questions: what no sum can tell. */
	samples(range: LedgerRange, filter: SumsFilter, limit: number): Promise<LatencySamples>;
	/** What there is to choose from: workspaces, models with their newest name, and when the oldest call or question was; null: there is none. */
	choices(): Promise<{
		readonly workspaceIds: readonly string[];
		readonly models: readonly { readonly modelId: string; readonly modelLabel: string; readonly isRemote: boolean }[];
		readonly sinceMs: number | null;
	}>;
}
