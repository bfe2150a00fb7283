import type { ModelInfo } from '#core/domain/modelInfo';

/** What is known of a model of which nothing is known. */
export const PLAIN_INFO: ModelInfo = {
	endpoint: 'http://127.0.0.1:1',
	sizeBillions: null,
	quantisation: null,
	roles: ['general'],
	price: null,
	features: { tools: null, jsonSchema: null },
};
