import { CoordinatorError } from '#core/base/errors';
import { isLoopback, serverName } from '#core/base/servers';
import type { ModelInfo } from '#core/domain/modelInfo';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { LanguageModel } from './languageModel.ts';
import type { ModelEndpoint } from './modelEndpoint.ts';
import { rolesOf } from './modelFacts.ts';
import { knownModelOf } from './presets.ts';
import { priceOf } from './prices.ts';
import { createAnthropicLanguageModel } from './remote/anthropicLanguageModel.ts';
import type { ListedModel, ServerKind } from './remote/askServer.ts';
import { listModels } from './remote/listModels.ts';
import { createOllamaLanguageModel } from './remote/ollamaLanguageModel.ts';
import { createOpenaiLanguageModel } from './remote/openaiLanguageModel.ts';

/** Time a server may take to list its models. */
const LIST_LIMIT_MS = 2_000;
/** How long a list counts as true; and how long a server that gave none is left alone, twice as long each time. */
const LIST_LIFE_MS = 15_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

export interface ServerPlace {
	readonly kind: ServerKind;
	/** Without a slash at its end. */
	readonly url: string;
}

/** The models of one server. Asks it for its list now and then, and less often while it gives none; what it had is remembered. */
export class ServerModels {
	readonly place: ServerPlace;
	readonly endpoint: ModelEndpoint;
	readonly #ports: Pick<Ports, 'fetch' | 'secrets' | 'clock' | 'log'>;
	readonly #settings: () => Settings;
	#models: readonly LanguageModel[] = [];
	#listing: Promise<readonly LanguageModel[]> | undefined;
	#askedMs: number | undefined;
	#failures = 0;

	constructor(options: {
		readonly place: ServerPlace;
		readonly endpoint: ModelEndpoint;
		readonly ports: Pick<Ports, 'fetch' | 'secrets' | 'clock' | 'log'>;
		readonly settings: () => Settings;
	}) {
		this.place = options.place;
		this.endpoint = options.endpoint;
		this.#ports = options.ports;
		this.#settings = options.settings;
	}

	/** Never rejects: a server that does not answer is `down`, with the models it had. */
	list(isFresh: boolean): Promise<readonly LanguageModel[]> {
		if (!isFresh && !this.#isDue()) return this.#listing ?? Promise.resolve(this.#models);
		this.#listing ??= this.#ask().finally(() => {
			this.#listing = undefined;
		});
		return this.#listing;
	}

	/** The next `list` asks. */
	forget(): void {
		this.#askedMs = undefined;
		this.#failures = 0;
	}

	/** The key that is kept for this server; none for Ollama. */
	apiKey(): Promise<string | null> {
		const { kind, url } = this.place;
		return kind === 'ollama' ? Promise.resolve(null) : this.#ports.secrets.get(`${kind}:${new URL(url).origin}`);
	}

	#isDue(): boolean {
		// The server has just said that it does not have a model which this list has.
		if (this.#askedMs === undefined || this.endpoint.health.errorCode === 'not-found') return true;
		const elapsedMs = this.#ports.clock.nowMs() - this.#askedMs;
		const lifeMs = this.#failures === 0 ? LIST_LIFE_MS : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
		return elapsedMs < 0 || elapsedMs >= lifeMs;
	}

	async #ask(): Promise<readonly LanguageModel[]> {
		this.#askedMs = this.#ports.clock.nowMs();
		const { kind, url } = this.place;
		try {
			const listed = await listModels({
				kind,
				url,
				fetch: this.#ports.fetch,
				apiKey: await this.apiKey(),
				timeoutMs: LIST_LIMIT_MS,
				ollamaContextTokens: this.#settings().models.localContextTokens,
			});
			this.#models = listed.map((model) => this.#open(model)).filter(({ info }) => !info.roles.includes('embedding'));
			this.#failures = 0;
			this.endpoint.probed(null);
		} catch (error) {
			const failure = CoordinatorError.is(error) ? error : new CoordinatorError('server-error', `${serverName(url)} gave no list of models.`, { cause: error });
			// A server that is not there stays unmentioned until it comes back.
			if (this.#failures++ === 0) this.#ports.log.warn(`The model server at ${serverName(url)} gives no list of models: ${failure.code}: ${failure.message}`);
			this.endpoint.probed(failure);
		}
		return this.#models;
	}

	#open(listed: ListedModel): LanguageModel {
		const { kind, url } = this.place;
		const { name, contextTokens } = listed;
		const common = { url, name, contextTokens, fetch: this.#ports.fetch, limits: () => this.#settings().models, info: this.#describe(listed) };
		const apiKey = () => this.apiKey();
		const model =
			kind === 'ollama'
				? createOllamaLanguageModel(common)
				: kind === 'openai'
					? createOpenaiLanguageModel({ ...common, apiKey })
					: createAnthropicLanguageModel({ ...common, apiKey, label: listed.label, maxOutputTokens: listed.maxOutputTokens });
		return this.endpoint.wrap(model);
	}

	#describe({ name, sizeBillions, quantisation, words, features }: ListedModel): ModelInfo {
		const { kind, url } = this.place;
		const isRemote = !isLoopback(url);
		const known = knownModelOf(name, isRemote);
		return {
			endpoint: this.endpoint.key,
			sizeBillions: sizeBillions ?? known?.sizeBillions ?? null,
			quantisation,
			roles: known?.roles ?? rolesOf(name, words, { isRemote, sizeBillions }),
			price: priceOf({ id: `${kind}:${serverName(url)}/${name}`, name, host: new URL(url).hostname, isRemote }, this.#settings().models.prices),
			features,
		};
	}
}
