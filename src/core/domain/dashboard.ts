import type { KnowledgeState } from './knowledge.ts';
import type { QuestionRow } from './questionRow.ts';
import type { AugmentationEffect, CallPurpose, CallTotals, LocalSavings } from './spending.ts';

/** Sums over calls of models. */
export interface CallSums extends CallTotals {
	/** Calls that a model finished, but for those that make vectors, and their time. */
	readonly timedCalls: number;
	readonly timedMs: number;
}

/** Sums over questions; see QuestionRow for what each is a sum of. */
export interface QuestionSums {
	readonly asked: number;
	readonly answered: number;
	readonly answeredLocally: number;
	readonly stored: number;
	readonly retried: number;
	/** In and out, of questions that were answered without a remote model. */
	readonly localTokens: number;
	readonly localUsd: number;
	readonly repeatedUsd: number;
	readonly answerUsd: number;
	readonly triesUsd: number;
	readonly compressionUsd: number;
	readonly unknownAnswers: number;
	readonly unknownCosts: number;
	readonly augmented: number;
	readonly augmentedTokens: number;
	readonly augmentedSquares: number;
	readonly controls: number;
	readonly controlTokens: number;
	readonly controlSquares: number;
	readonly timed: number;
	readonly totalMs: number;
	readonly searched: number;
	readonly searchMs: number;
	readonly storeMs: number;
	readonly withRelevance: number;
	readonly relevance: number;
	readonly withConfidence: number;
	readonly confidence: number;
	readonly judged: number;
	readonly successes: number;
	readonly partials: number;
	readonly failures: number;
	readonly success: number;
	readonly thumbsUp: number;
	readonly thumbsDown: number;
	readonly highValue: number;
	readonly contexts: number;
	readonly contextsJudged: number;
	readonly contextsUsed: number;
	readonly contextsReused: number;
}

/** What no sum can tell. Durations in milliseconds, in no order. */
export interface LatencySamples {
	readonly localMs: readonly number[];
	readonly remoteMs: readonly number[];
	readonly firstTokenMs: readonly number[];
	readonly totalMs: readonly number[];
	readonly searchMs: readonly number[];
	readonly storeMs: readonly number[];
	readonly judged: readonly { readonly confidence: number; readonly success: number }[];
}

/** Half of the values are at most `p50`, 95 of 100 at most `p95`. */
export interface Distribution {
	readonly count: number;
	readonly p50: number;
	readonly p95: number;
}

/** How far predictions were right: answers in order of what was predicted, in groups. */
export interface Calibration {
	readonly answers: number;
	readonly groups: readonly { readonly answers: number; readonly predicted: number; readonly happened: number }[];
	/** Mean distance of predicted and happened over the groups, by their answers. */
	readonly expectedError: number;
}

export interface DashboardQuery {
	/** Unix milliseconds; absent: from the oldest that is kept. */
	readonly fromMs?: number;
	/** Absent: all workspaces. Null: what belongs to none. */
	readonly workspaceId?: string | null;
	readonly modelId?: string;
}

export interface DashboardModel {
	readonly modelId: string;
	readonly modelLabel: string;
	readonly isRemote: boolean;
	readonly calls: CallSums;
	readonly questions: QuestionSums;
}

/** What the dashboard shows, in one answer of bounded size. */
export interface DashboardData {
	readonly nowMs: number;
	readonly fromMs: number;
	/** When the oldest call or question was that is kept; null where there is none. */
	readonly sinceMs: number | null;
	/** Days, of the user's calendar; longer ranges have weeks. The last one is not over. */
	readonly step: 'day' | 'week';
	readonly periods: readonly { readonly fromMs: number; readonly toMs: number; readonly local: CallSums; readonly remote: CallSums; readonly questions: QuestionSums }[];
	readonly local: CallSums;
	readonly remote: CallSums;
	readonly questions: QuestionSums;
	/** Of the range and filter, most calls first. */
	readonly models: readonly DashboardModel[];
	readonly savings: LocalSavings;
	readonly effect: AugmentationEffect;
	/** Share of the questions that is sent without augmentation now. */
	readonly controlShare: number;
	/** Of the newest calls and questions, so many at most; null where there is none. */
	readonly sampleLimit: number;
	readonly latency: Readonly<Record<'local' | 'remote' | 'firstToken' | 'total' | 'search' | 'store', Distribution | null>>;
	readonly calibration: Calibration | null;
	readonly knowledge: KnowledgeState;
	readonly highValueThreshold: number;
	/** What there is to choose from, whatever was chosen. */
	readonly choices: {
		readonly workspaceIds: readonly string[];
		readonly models: readonly { readonly modelId: string; readonly modelLabel: string; readonly isRemote: boolean }[];
	};
}

/** A call as a table shows it. */
export interface DashboardCall {
	readonly id: string;
	readonly interactionId: string;
	readonly timeMs: number;
	readonly workspaceId: string | null;
	readonly purpose: CallPurpose;
	readonly modelId: string;
	readonly modelLabel: string;
	readonly isRemote: boolean;
	readonly inputTokens: number;
	readonly outputTokens: number;
	readonly isEstimate: boolean;
	readonly costUsd: number | null;
	readonly firstTokenMs: number | null;
	readonly totalMs: number;
	readonly result: 'ok' | 'failed' | 'cancelled';
	readonly isCacheHit: boolean;
}

/** Which rows a figure is made of. */
export type DashboardRowsQuery = { readonly fromMs?: number; readonly toMs?: number; readonly limit?: number; readonly after?: string } & (
	| {
			readonly kind: 'questions';
			readonly filter: Partial<Pick<QuestionRow, 'workspaceId' | 'modelId' | 'isRetried' | 'isControl' | 'outcome' | 'userFeedback' | 'isHighValue'>> & {
				readonly answeredBy?: QuestionRow['answeredBy'] | readonly QuestionRow['answeredBy'][];
			};
	  }
	| { readonly kind: 'calls'; readonly filter: Partial<Pick<DashboardCall, 'workspaceId' | 'modelId' | 'isRemote' | 'result' | 'isCacheHit' | 'purpose'>> }
);

/** Rows, newest first; `next` is for `after`. */
export type DashboardRowsPage = { readonly next: string | null } & (
	| { readonly kind: 'questions'; readonly rows: readonly QuestionRow[] }
	| { readonly kind: 'calls'; readonly rows: readonly DashboardCall[] }
);
