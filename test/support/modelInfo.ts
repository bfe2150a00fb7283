import type { EndpointHealth, ModelInfo } from '#core/domain/modelInfo';
import type { ModelDescription } from '#core/domain/requests';
import type { LanguageModel } from '#core/models/languageModel';

/** What is known of a model of which nothing is known. */
export const PLAIN_INFO: ModelInfo = {
	endpoint: 'http://127.0.0.1:1',
	sizeBillions: null,
	quantisation: null,
	roles: ['general'],
	price: null,
	features: { tools: null, jsonSchema: null },
};

/** A model as the catalogue describes it, up and idle. */
export function describeModel({ id, label, destination, isRemote, contextTokens, info }: LanguageModel, health: Partial<EndpointHealth> = {}): ModelDescription {
	return {
		...info,
		id,
		label,
		destination,
		isRemote,
		contextTokens,
		health: { state: 'up', checkedMs: null, errorCode: null, errorMessage: null, queued: 0, running: 0, firstTokenMs: null, tokensPerSecond: null, ...health },
	};
}
