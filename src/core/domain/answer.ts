import type { Hit, KnowledgeHit } from './hit.ts';
import type { RouteDecision } from './route.ts';

/** A piece of text that the user attached, selected, or has open while asking for an explanation. */
export interface AttachedText {
	/** Path in the workspace, and lines. */
	readonly title: string;
	/** Empty where it is not known. */
	readonly language: string;
	readonly text: string;
	/** Of code that failed: its file as the user knows it, the line of the text's first, and the line that failed, which is in the text. */
	readonly failure?: { readonly file: string; readonly firstLine: number; readonly line: number };
}

/** What the augmenter decided to send, and the prompt made of it. */
export interface AugmentedQuestion {
	readonly original_query: string;
	readonly augmented_prompt: string;
	/** Ids of every point whose text is in the prompt, in prompt order. */
	readonly context_ids: readonly string[];
	readonly attached: readonly AttachedText[];
	readonly code: readonly Hit[];
	readonly knowledge: readonly KnowledgeHit[];
	/** Tokens (o200k) of the augmented prompt. */
	readonly promptTokens: number;
	/** What was left out for the budget, in rank order. */
	readonly omitted: readonly Hit[];
	/** Paths that were attached or selected and are secret files: neither read nor sent. */
	readonly withheld: readonly string[];
}

/** `queued`: `detail` is how many requests are before this one. `compressing` and `answering`: `detail` is the model's label. */
export type AskStage = 'searching' | 'augmenting' | 'compressing' | 'queued' | 'answering';

/** What streams out while a question is answered. */
export type AskPart =
	| { readonly type: 'stage'; readonly stage: AskStage; readonly detail?: string }
	| { readonly type: 'references'; readonly hits: readonly Hit[] }
	/** What the text that follows is: the code that was to be explained, the code that failed, or code that relates to it. */
	| { readonly type: 'section'; readonly section: 'attached' | 'failed' | 'related' }
	| { readonly type: 'delta'; readonly text: string };

/** How an answer came about: the closing line is made of this. */
export interface AnswerSummary {
	readonly interactionId: string;
	/** Other machines that got text for this answer: of the model that was asked, also when it failed, and of an embedding server. */
	readonly sentTo: readonly string[];
	/** True: it was made with what may not leave this machine, so in a later turn no remote model may see it. */
	readonly isLocalOnly: boolean;
	/** Null: no model was there, the retrieved code is the answer. */
	readonly model: { readonly id: string; readonly label: string; readonly destination: string; readonly isRemote: boolean } | null;
	readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly isEstimate: boolean } | null;
	readonly context: { readonly chunks: number; readonly files: number; readonly tokens: number };
	/** Milliseconds. */
	readonly timings: { readonly searchMs: number; readonly firstTokenMs: number | null; readonly totalMs: number };
	/** How the model was chosen; null where none was to be asked. */
	readonly route: RouteDecision | null;
	readonly money: AnswerMoney;
	/** Things the user should know: vectors still building, a model that failed over, redactions. Codes; the rim has the words. */
	readonly notices: readonly AnswerNotice[];
	readonly endReason: 'stop' | 'length' | 'filter' | 'other' | 'cancelled' | 'failed';
	readonly text: string;
}

/** What an answer cost, all calls of language models for it together, and what it would have cost at a named remote model. */
export interface AnswerMoney {
	/** US dollars; null: a call's price is not known. */
	readonly costUsd: number | null;
	/** True where we counted tokens, not the provider. */
	readonly isEstimate: boolean;
	/** For an answer that no remote model gave: the same tokens at this model's price. Null where no price is known. */
	readonly elsewhere: { readonly modelId: string; readonly usd: number; readonly priceAsOf: string } | null;
}

export type AnswerNotice =
	| { readonly code: 'no-model' }
	/** An explanation was wanted, and no model was to be asked. */
	| { readonly code: 'not-explained' }
	| { readonly code: 'index-incomplete'; readonly done: number; readonly total: number }
	| { readonly code: 'no-index' }
	| { readonly code: 'nothing-found' }
	| { readonly code: 'secret-withheld'; readonly paths: readonly string[] }
	| { readonly code: 'lexical-only'; readonly reason: string }
	| { readonly code: 'model-failed'; readonly model: string; readonly message: string; readonly errorCode: string }
	| { readonly code: 'untrusted-workspace' }
	/** Kept back from models on other machines. */
	| { readonly code: 'local-only-withheld'; readonly paths: readonly string[] }
	/** A spending limit is reached: what happened instead is in the route. */
	| { readonly code: 'budget-reached'; readonly period: 'day' | 'month'; readonly limitUsd: number }
	/** Not asked: the spending limit does not leave what the call may cost beside those under way. */
	| { readonly code: 'over-budget'; readonly model: string }
	/** The answer ends before its end: at the model's own limit, at what the spending limit left for it, or where its provider stopped it for what it says. */
	| { readonly code: 'cut-short'; readonly reason: 'length' | 'budget' | 'filter' }
	/** The context was too long for the model, and was sent in part. */
	| { readonly code: 'context-shortened'; readonly tokens: number }
	| { readonly code: 'compressed'; readonly model: string; readonly tokensBefore: number; readonly tokensAfter: number }
	| { readonly code: 'not-compressed'; readonly reason: string }
	/** The stored answer to the same question; `timeMs` is when the model gave it. */
	| { readonly code: 'from-cache'; readonly timeMs: number }
	/** Sent without code, as a random share is. */
	| { readonly code: 'control' };
