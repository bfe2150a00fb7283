export type RouteTarget = 'local' | 'remote' | 'hybrid';
export type RoutePolicyName = 'learned' | 'tree';
export type WorkKind = 'explain' | 'locate' | 'fix' | 'write' | 'test' | 'refactor' | 'design' | 'other';
export type Complexity = 'simple' | 'medium' | 'complex';
export type RoutedModelRole = 'general' | 'coder' | 'reasoning' | 'embedding' | 'pattern-extraction';

/** US dollars for a million tokens. A local model costs 0; an unknown price is null where this is held, never 0. */
export interface RoutedModelPrice {
	readonly inputUsdPerMillion: number;
	readonly outputUsdPerMillion: number;
}

/** What a router needs to know of a model. */
export interface RoutableModel {
	readonly id: string;
	readonly label: string;
	readonly isRemote: boolean;
	readonly contextTokens: number | null;
	readonly sizeBillions: number | null;
	readonly roles: readonly RoutedModelRole[];
	readonly price: RoutedModelPrice | null;
	readonly isHealthy: boolean;
	/** Usual time of a whole answer; null: unknown. */
	readonly latencyMs: number | null;
}

/** The context that was found for a question. Relevances are calibrated probabilities. */
export interface RouteContext {
	readonly count: number;
	readonly tokens: number;
	readonly bestRelevance: number;
	readonly meanRelevance: number;
}

export interface RouteRequest {
	readonly interactionId: string;
	readonly timeMs: number;
	readonly text: string;
	/** The question's embedding, of unit length, and the id of the embedding model; null where there is none. */
	readonly vector: { readonly modelId: string; readonly values: Float32Array } | null;
	readonly context: RouteContext;
	/** Tokens of the whole prompt, context included. */
	readonly promptTokens: number;
	readonly models: readonly RoutableModel[];
	/** What the user picked; null: automatic. */
	readonly chosenModelId: string | null;
	/** The question or its context holds something that may not leave this machine. */
	readonly isLocalOnly: boolean;
	readonly isTrusted: boolean;
	readonly budget: { readonly remainingUsd: number | null; readonly atLimit: 'stop' | 'local' };
}

export type RouteReasonCode =
	| 'local-only-content'
	| 'untrusted-workspace'
	| 'unhealthy'
	| 'context-too-long'
	| 'not-a-chat-model'
	| 'budget-local'
	| 'budget-stop'
	| 'user-choice'
	| 'choice-excluded'
	| 'no-model'
	| 'no-local-model'
	| 'no-remote-model'
	| 'simple-with-context'
	| 'local-is-confident'
	| 'heavy-context'
	| 'complex-question'
	| 'default-local'
	| 'default-remote'
	| 'best-utility'
	| 'within-remote-share'
	| 'over-remote-share'
	| 'exploration';

/** Why: a code, and the figures that the words are made of. */
export interface RouteReason {
	readonly code: RouteReasonCode;
	readonly details?: Readonly<Record<string, string | number>>;
}

/** A model as the router saw it for one question. */
export interface RouteAlternative {
	readonly modelId: string;
	readonly label: string;
	readonly isRemote: boolean;
	/** 0 to 1: what it is chosen by. A number to show only where `isKnown`; before that, of two models no more than which suits the question for its price. */
	readonly successProbability: number;
	/** Standard deviation of that prediction. */
	readonly uncertainty: number;
	/** Answers of it whose outcome is known. */
	readonly outcomes: number;
	/** True: there are enough of them that the prediction is theirs, and not what was presumed of the model's size. */
	readonly isKnown: boolean;
	/** 0 to 1: what the model is presumed to be able to do, by its size alone. */
	readonly capability: number;
	/** Null: the price is unknown. */
	readonly costUsd: number | null;
	readonly latencyMs: number | null;
	/** Why it could not be chosen; null: it could. */
	readonly excludedBy: RouteReason | null;
}

export interface RouteDecision {
	readonly target: RouteTarget;
	/** Null: no model may answer; `reasons` says why. */
	readonly modelId: string | null;
	/** Hybrid only: the local model that compresses the context. */
	readonly compressorId: string | null;
	/** Predicted probability that the chosen model's answer is good, to be shown where its alternative `isKnown`; 0 where none was chosen. */
	readonly confidence: number;
	readonly policy: RoutePolicyName | 'rule';
	/** Chosen to learn, not because it looked best. */
	readonly isExploration: boolean;
	readonly complexity: Complexity;
	readonly workKind: WorkKind;
	readonly reasons: readonly RouteReason[];
	/** All models, the chosen one included. */
	readonly alternatives: readonly RouteAlternative[];
}

/** How an answer turned out. A later outcome of the same interaction and model replaces the earlier. */
export interface RouteOutcome {
	readonly interactionId: string;
	readonly modelId: string;
	/** 0 to 1. */
	readonly success: number;
	/** How sure that is: 1 a clear verdict, less for a hint, 0 nothing. */
	readonly weight: number;
	readonly timeMs: number;
}

/** What is remembered of a question once it was decided: numbers, never its text. */
export interface RouteFeatures {
	readonly workKind: WorkKind;
	/** Of `difficultyOf`. */
	readonly difficulty: number;
	readonly plain: Float32Array;
	readonly vector: { readonly modelId: string; readonly values: Float32Array } | null;
}

/** One outcome with what was known at decision time, and what the model was presumed to be worth before anything was learned. */
export interface RouteExperience {
	readonly interactionId: string;
	readonly modelId: string;
	readonly timeMs: number;
	readonly success: number;
	readonly weight: number;
	/** P(success) of the first day. */
	readonly prior: number;
	readonly features: RouteFeatures;
}

/** What is remembered of a model's answers, by kind of work. */
export interface RouterRecord {
	readonly modelId: string;
	readonly workKind: WorkKind;
	readonly outcomes: number;
	/** Mean success, 0 to 1, of outcomes by their weight. */
	readonly success: number;
	/** Mean of what was presumed before anything was learned. */
	readonly presumed: number;
	readonly lastMs: number;
}

export interface RouterOverview {
	readonly outcomes: number;
	/** By model, then most outcomes first. */
	readonly records: readonly RouterRecord[];
}

/** What the owner of the router can do with it. */
export interface RouterOwner {
	/** The decision of an interaction; null: unknown, or long gone. */
	explain(interactionId: string): RouteDecision | null;
	overview(): RouterOverview;
	/** Forgets decisions and outcomes, in all processes. */
	reset(): void;
	/** Everything that was learned, as JSON: numbers about questions, never their text. */
	export(): string;
}
