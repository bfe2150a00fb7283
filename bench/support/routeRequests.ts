import type { RoutableModel, RouteRequest } from '#core/domain/route';

/** The two models of a bench, of which a new user's router knows only where they run. */
export const WEAK: RoutableModel = {
	id: 'weak',
	label: 'weak',
	isRemote: false,
	contextTokens: null,
	sizeBillions: null,
	roles: ['general'],
	price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
	isHealthy: true,
	latencyMs: null,
};
export const STRONG: RoutableModel = { ...WEAK, id: 'strong', label: 'strong', isRemote: true, price: null };

/** A question of a bench as the product asks its router. */
export function routeRequest(options: {
	readonly id: string;
	readonly text: string;
	readonly context?: string;
	readonly vector?: Float32Array;
	readonly timeMs?: number;
}): RouteRequest {
	const { id, text, context = '', vector, timeMs = 0 } = options;
	const tokens = Math.ceil(context.length / 4);
	return {
		interactionId: id,
		timeMs,
		text,
		vector: vector ? { modelId: 'bench', values: vector } : null,
		context: { count: context ? 1 : 0, tokens, bestRelevance: 0, meanRelevance: 0 },
		promptTokens: tokens + Math.ceil(text.length / 4),
		models: [WEAK, STRONG],
		chosenModelId: null,
		isLocalOnly: false,
		isTrusted: true,
		budget: { remainingUsd: null, atLimit: 'local' },
	};
}
