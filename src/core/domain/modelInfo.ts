/** What a model is used for. */
export type ModelRole = 'general' | 'coder' | 'reasoning' | 'embedding' | 'pattern-extraction';

/** What a model costs. A model of this machine costs 0; a price that nobody knows is null where this stands, never 0. */
export interface ModelPrice {
	readonly inputUsdPerMillion: number;
	readonly outputUsdPerMillion: number;
	/** Day on which the price was looked up, as YYYY-MM-DD. */
	readonly asOf: string;
	readonly source: 'table' | 'user' | 'local';
}

/** A price that the user set, and the day on which they did or that they named. */
export type UserPrice = Omit<ModelPrice, 'source'>;

/** How the place where a model runs does. */
export interface EndpointHealth {
	/** `down`: the last that was tried failed for the endpoint's sake, or it refuses the key. `unknown`: nothing was tried. */
	readonly state: 'up' | 'down' | 'unknown';
	/** Unix time of the last try in milliseconds. */
	readonly checkedMs: number | null;
	/** Why it is down, or what the last call failed with; null after a success. */
	readonly errorCode: string | null;
	readonly errorMessage: string | null;
	/** Requests that wait for their turn, and those under way, of this process. */
	readonly queued: number;
	readonly running: number;
	/** Median of the last calls, without the wait in the queue; null before the first. */
	readonly firstTokenMs: number | null;
	/** Median of the last calls, from the first token on. */
	readonly tokensPerSecond: number | null;
}

/** A server that the settings name or that was discovered, whether it answers or not. */
export interface EndpointDescription {
	/** As in `ModelInfo.endpoint`. */
	readonly key: string;
	readonly kind: 'ollama' | 'openai' | 'anthropic';
	readonly isRemote: boolean;
	/** Whether a key is kept for it; Ollama needs none. */
	readonly hasKey: boolean;
	/** Ids of the language models it has, or had when it answered last. */
	readonly models: readonly string[];
	readonly health: EndpointHealth;
}

/** What a model can do beside answering; null: its server does not say. */
export interface ModelFeatures {
	readonly tools: boolean | null;
	readonly jsonSchema: boolean | null;
}

/** What is known of a model beside its name. */
export interface ModelInfo {
	/** Key of the place where it runs: `http://127.0.0.1:11434`, `host:copilot`, `this process`. Never with a user, key or query in it. */
	readonly endpoint: string;
	/** Billions of parameters, as the server says or, where it does not, as the name does. */
	readonly sizeBillions: number | null;
	/** As its server or name writes it: `Q4_K_M`. */
	readonly quantisation: string | null;
	readonly roles: readonly ModelRole[];
	readonly price: ModelPrice | null;
	readonly features: ModelFeatures;
}

/** How a model preset is had: a name to pull, a model to load in its server, or an address and a key. */
export interface ModelPreset {
	readonly id: string;
	readonly label: string;
	readonly server: 'lemonade' | 'ollama' | 'anthropic' | 'openai' | 'deepseek';
	/** Base address of its server: where it usually is, or the provider's. */
	readonly url: string;
	/** Name of the model there; what Ollama pulls. */
	readonly model: string;
	readonly roles: readonly ModelRole[];
	readonly isRemote: boolean;
	readonly sizeBillions: number | null;
	/** Id of a model that is there now and is this one; null where there is none. */
	readonly presentAs: string | null;
}

/** How far a model is pulled. `total` is null while the server does not say. */
export interface PullProgress {
	readonly status: string;
	readonly completedBytes: number;
	readonly totalBytes: number | null;
}

/** What a short prompt to a model showed. */
export interface ModelTestResult {
	readonly isOk: boolean;
	/** The first words of the answer. */
	readonly text: string;
	readonly firstTokenMs: number | null;
	readonly totalMs: number;
	readonly errorCode: string | null;
	readonly errorMessage: string | null;
}
