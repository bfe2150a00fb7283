import type { AnswerSummary } from './answer.ts';
import type { OutcomeLabel, SignalKind } from './outcome.ts';
import type { RouteTarget } from './route.ts';
import type { CallPurpose } from './spending.ts';

/**
 * Something that happened here, for whoever counts: figures and codes, never text, names or paths. Times are milliseconds, money US dollars.
 */
export type Observation =
	| { readonly kind: 'search'; readonly totalMs: number; readonly embedMs: number; readonly storeMs: number }
	| {
			readonly kind: 'answer';
			/** Who answered; `none`: no model, the code found is the answer. */
			readonly target: RouteTarget | 'none';
			readonly endReason: AnswerSummary['endReason'];
			readonly isCacheHit: boolean;
			readonly totalMs: number;
			readonly contextTokens: number;
			/** Of each piece of code that was sent, 0 to 1. */
			readonly relevances: readonly number[];
			/** Predicted success of the model that was chosen; null: none was predicted. */
			readonly confidence: number | null;
	  }
	| {
			readonly kind: 'call';
			readonly purpose: CallPurpose;
			readonly isRemote: boolean;
			readonly result: 'ok' | 'failed' | 'cancelled';
			readonly isCacheHit: boolean;
			readonly inputTokens: number;
			readonly outputTokens: number;
			/** Null: the price is unknown. */
			readonly costUsd: number | null;
			/** What the same tokens would have cost at the default remote model; null: unknown. */
			readonly counterfactualUsd: number | null;
			readonly firstTokenMs: number | null;
			readonly totalMs: number;
	  }
	| { readonly kind: 'signal'; readonly signal: SignalKind; readonly value: number }
	| { readonly kind: 'outcome'; readonly label: OutcomeLabel | null; readonly valueScore: number; readonly isHighValue: boolean };
