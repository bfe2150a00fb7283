import type { OutcomeLabel } from './outcome.ts';

/**
 * One question: what its calls come to, how asking went, and what became of the answer. Times are Unix milliseconds, durations milliseconds,
 * money US dollars in whole nano-dollars. Shares and probabilities are 0…1, kept to a millionth, durations to a microsecond. No text.
 */
export interface QuestionRow extends QuestionAnswer, QuestionFigures, QuestionOutcome {}

/** What the calls of a question come to. */
export interface QuestionAnswer {
	readonly interactionId: string;
	/** Of the first call; where no model was called, when it was asked. */
	readonly timeMs: number;
	readonly workspaceId: string | null;
	/** The model of the answer, else of the last try; null: none was asked. */
	readonly modelId: string | null;
	readonly modelLabel: string | null;
	/** Who gave the answer that did: a model of this machine, one elsewhere, an earlier answer to the same question, or nobody. */
	readonly answeredBy: 'local' | 'remote' | 'stored' | 'nobody';
	/** Asked again on another model, because its answer did not do: then nobody answered it. */
	readonly isRetried: boolean;
	/** Of the random share that is sent without augmentation. */
	readonly isControl: boolean;
	/** A model answered it anew, well or not: it counts for what augmentation does to the tokens. */
	readonly isMeasured: boolean;
	/** In and out, of all its calls that answer or compress. */
	readonly tokens: number;
	/** What the tokens of an answer that no remote model gave would have cost at the reference model; 0 where that is unknown or does not apply. */
	readonly elsewhereUsd: number;
	/** What that answer cost, what local tries cost that led to nothing, and what compression cost; the known costs. */
	readonly answerUsd: number;
	readonly triesUsd: number;
	readonly compressionUsd: number;
	/** An answer that no remote model gave, and nobody knows what one would have cost. */
	readonly isElsewhereUnknown: boolean;
	/** Calls whose cost belongs into the three above, and is unknown. */
	readonly unknownCosts: number;
	/** The reference model and the date (YYYY-MM-DD) of the price that `elsewhereUsd` is made of. */
	readonly referenceModelId: string | null;
	readonly referencePriceAsOf: string | null;
}

/** How asking went; null: not known. */
export interface QuestionFigures {
	/** From the question to the end of the answer. */
	readonly totalMs: number | null;
	/** The search for context, and the part of it that stores took. */
	readonly searchMs: number | null;
	readonly storeMs: number | null;
	/** Calibrated relevance of the best piece that was sent; null where none was. */
	readonly relevance: number | null;
	/** What the router predicted for the model it chose; null where none was chosen, or that model had too short a record to predict from. */
	readonly confidence: number | null;
	/** Pieces of context that were sent. */
	readonly contexts: number;
}

/** What became of the answer. */
export interface QuestionOutcome {
	/** Null while nothing was heard, or nothing that counts any more. */
	readonly outcome: OutcomeLabel | null;
	/** P(success); null where `outcome` is. */
	readonly success: number | null;
	readonly userFeedback: -1 | 0 | 1;
	/** The seed's value score, 0…1. */
	readonly valueScore: number;
	/** Whether that was above the threshold of the settings when it was settled. */
	readonly isHighValue: boolean;
	/** Pieces that the answer made use of, and pieces that another question was sent with too, as of when this was settled. */
	readonly contextsUsed: number;
	readonly contextsReused: number;
}
