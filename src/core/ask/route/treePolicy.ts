import type { Complexity, RouteReason, RouteTarget } from '#core/domain/route';

export interface TreeInput {
	readonly complexity: Complexity;
	readonly hasContext: boolean;
	/** Predicted P(success) of the best local model. */
	readonly localConfidence: number;
	/** Tokens of the question with its context. */
	readonly tokens: number;
}

export interface TreeSettings {
	/** `PREFER_LOCAL`. Without it confidence alone does not keep a question here, and what no branch claims goes to a remote model. */
	readonly preferLocal: boolean;
	/** `LOCAL_CONFIDENCE_THRESHOLD` */
	readonly localConfidenceThreshold: number;
	/** `HYBRID_TOKEN_THRESHOLD` */
	readonly hybridTokenThreshold: number;
}

/** The decision tree, branch by branch. */
export function decideByTree(input: TreeInput, settings: TreeSettings): { readonly target: RouteTarget; readonly reason: RouteReason } {
	const { complexity, hasContext, localConfidence, tokens } = input;
	const { preferLocal, localConfidenceThreshold, hybridTokenThreshold } = settings;
	if (complexity === 'simple' && hasContext) return { target: 'local', reason: { code: 'simple-with-context' } };
	if (complexity === 'medium' && localConfidence > localConfidenceThreshold && preferLocal) {
		return { target: 'local', reason: { code: 'local-is-confident', details: { confidence: localConfidence, threshold: localConfidenceThreshold } } };
	}
	if (tokens > hybridTokenThreshold) return { target: 'hybrid', reason: { code: 'heavy-context', details: { tokens, threshold: hybridTokenThreshold } } };
	if (complexity === 'complex') return { target: 'remote', reason: { code: 'complex-question' } };
	return preferLocal ? { target: 'local', reason: { code: 'default-local' } } : { target: 'remote', reason: { code: 'default-remote' } };
}
