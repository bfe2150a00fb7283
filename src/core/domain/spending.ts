/** A price that a figure is made of. */
export interface PriceUsed {
	readonly modelId: string | null;
	/** YYYY-MM-DD; null: the table gave no date. */
	readonly asOf: string | null;
	readonly answers: number;
}

/**
 * What answering without a remote model saved. `savedUsd` is the sum of `terms`, which is the formula: what the tokens of the answers would have
 * cost at the default remote model's price, less what those answers cost, less what local tries and compressions cost that led to nothing local.
 */
export interface LocalSavings {
	readonly formula: 'counterfactual-minus-costs';
	readonly terms: readonly { readonly code: 'local-answers' | 'repeated-answers' | 'cost-of-answers' | 'failed-local-tries' | 'compression'; readonly usd: number }[];
	/** May be negative. */
	readonly savedUsd: number;
	/** Answers of which it is not known what a remote model would have cost: they count as answered, and save nothing. */
	readonly unknownAnswers: number;
	/** Calls whose own cost is unknown and so is not taken off. */
	readonly unknownCosts: number;
	readonly prices: readonly PriceUsed[];
	/** Answered questions, and how many of them without a remote call: by a local model, or from the stored answers. */
	readonly answered: number;
	readonly answeredLocally: number;
	/** Null where nothing was answered. */
	readonly localShare: number | null;
}

/**
 * What augmentation does to the tokens of a question: those of a random share that is sent without it, less those of the rest. Negative means
 * that augmented questions took more. It says nothing of how good the answers were.
 */
export type AugmentationEffect = {
	readonly formula: 'mean-tokens-of-controls-minus-mean-tokens-of-augmented';
	readonly controls: number;
	readonly augmented: number;
} & (
	| { readonly status: 'not-enough-yet'; readonly minimum: number }
	| {
			readonly status: 'measured';
			readonly savedTokensPerQuestion: number;
			/** The interval that holds the true value 95 times in 100. */
			readonly interval: { readonly low: number; readonly high: number };
			/** `savedTokensPerQuestion` times the augmented questions. */
			readonly savedTokens: number;
			/** False where the interval holds 0: it may be chance. */
			readonly isClear: boolean;
	  }
);

/** One limit and what is left of it. */
export interface BudgetPeriod {
	readonly period: 'day' | 'month';
	/** When it began, in the user's own calendar. */
	readonly sinceMs: number;
	/** Null: no limit. */
	readonly limitUsd: number | null;
	readonly spentUsd: number;
	/** Calls of the period that cost an unknown amount: what is spent is at least `spentUsd`. */
	readonly unknownCalls: number;
	readonly isReached: boolean;
}

export interface BudgetState {
	/** What may still be spent under both limits, never below 0, without what is set aside; null: no limit. */
	readonly remainingUsd: number | null;
	/** Set aside for calls under way: the most that they can cost. */
	readonly reservedUsd: number;
	readonly atLimit: 'stop' | 'local';
	readonly isReached: boolean;
	readonly day: BudgetPeriod;
	readonly month: BudgetPeriod;
}

/** What some calls come to. */
export interface CallCosts {
	readonly calls: number;
	readonly failed: number;
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** Sum of the known costs. */
	readonly costUsd: number;
	/** Calls that `costUsd` says nothing of, because their price is unknown. */
	readonly unknownCostCalls: number;
}

/** The same, with what else is counted of calls. */
export interface CallTotals extends CallCosts {
	readonly cancelled: number;
	readonly cacheHits: number;
	/** Calls whose tokens were counted by us. */
	readonly estimatedCalls: number;
}

/** The calls of one model. */
export interface ModelSpending extends CallCosts {
	readonly modelId: string;
	readonly modelLabel: string;
	readonly isRemote: boolean;
}

/**
 * What models are called for. `pattern`: a pattern is extracted from an answer that went well. `embedding`: a request to an embedding server,
 * of texts or of a question. `test`: the user has a model tested.
 */
export type CallPurpose = 'answer' | 'compression' | 'pattern' | 'embedding' | 'test';

/** The calls of one purpose. */
export interface PurposeSpending extends CallCosts {
	readonly purpose: CallPurpose;
}

/** What takes reading every call. */
export interface SpendingDetails extends Pick<CallTotals, 'calls' | 'failed' | 'cacheHits' | 'estimatedCalls' | 'costUsd' | 'unknownCostCalls'> {
	/** When the oldest call was that is kept; null where there is none. */
	readonly sinceMs: number | null;
	/** Most calls first. */
	readonly models: readonly ModelSpending[];
	/** Most calls first. Each call has one purpose, so these add up to the whole. */
	readonly purposes: readonly PurposeSpending[];
	readonly effect: AugmentationEffect;
	/** Share of the questions that is sent without augmentation now. */
	readonly controlShare: number;
}

/** Spending and savings of all processes of the user. */
export interface SpendingSummary {
	/** Since the day began, in the user's calendar. */
	readonly today: LocalSavings;
	/** Over all calls that are kept. */
	readonly total: LocalSavings;
	readonly budget: BudgetState;
	/** Null where they were not asked for. */
	readonly details: SpendingDetails | null;
}
