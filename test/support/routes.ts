import type { RoutableModel, RouteRequest } from '#core/domain/route';

export const localModel: RoutableModel = {
	id: 'local',
	label: 'Local 7B',
	isRemote: false,
	contextTokens: 32_000,
	sizeBillions: 7,
	roles: ['general'],
	price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
	isHealthy: true,
	latencyMs: 4000,
};

export const remoteModel: RoutableModel = {
	...localModel,
	id: 'remote',
	label: 'Remote',
	isRemote: true,
	contextTokens: 200_000,
	sizeBillions: null,
	price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15 },
};

/** A plain question that both models may answer. */
export function routeRequest(changes: Partial<RouteRequest> = {}): RouteRequest {
	return {
		interactionId: 'one',
		timeMs: 1_000,
		text: 'What does the parser do?',
		vector: null,
		context: { count: 2, tokens: 500, bestRelevance: 0.9, meanRelevance: 0.8 },
		promptTokens: 700,
		models: [localModel, remoteModel],
		chosenModelId: null,
		isLocalOnly: false,
		isTrusted: true,
		budget: { remainingUsd: null, atLimit: 'local' },
		...changes,
	};
}

/** Random numbers that are the same in each run. */
export function repeatable(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}
