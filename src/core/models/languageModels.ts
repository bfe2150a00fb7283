import { CoordinatorError } from '#core/base/errors';
import { isLoopback } from '#core/base/servers';
import type { EndpointDescription, ModelInfo } from '#core/domain/modelInfo';
import type { DiscoveredServer, ModelDescription } from '#core/domain/requests';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { LanguageModel } from './languageModel.ts';
import { createGgufLanguageModel, type GgufLanguageModel } from './local/ggufLanguageModel.ts';
import { ModelEndpoint } from './modelEndpoint.ts';
import { quantisationOfName, rolesOf, sizeOfName } from './modelFacts.ts';
import { priceOf } from './prices.ts';
import { ServerModels, type ServerPlace } from './serverModels.ts';
import type { ServerTurns } from './serverTurns.ts';

/** The language models of the host, of servers, and of GGUF files, each behind the endpoint where it runs. */
export class LanguageModels {
	readonly #ports: Ports;
	readonly #turns: ServerTurns | undefined;
	#settings: Settings;
	#discovered: readonly ServerPlace[] = [];
	readonly #servers = new Map<string, ServerModels>();
	readonly #endpoints = new Map<string, ModelEndpoint>();
	readonly #files = new Map<string, GgufLanguageModel>();

	constructor(ports: Ports, settings: Settings, turns?: ServerTurns) {
		this.#ports = ports;
		this.#turns = turns;
		this.#settings = settings;
	}

	/** All that answer, or answered before; with `isFresh` every server is asked anew. Servers of other machines only in a trusted workspace. */
	async list(isFresh = false): Promise<readonly LanguageModel[]> {
		const host = this.#settings.isTrusted ? await this.#hostModels() : [];
		const servers = this.#current();
		const listed = await Promise.all(servers.map((server) => server.list(isFresh)));
		return [...host, ...listed.flat(), ...this.#ggufModels()];
	}

	/** By id; without one the preferred, else the first of this machine whose endpoint is not down, else the first such, else the first. */
	async find(id?: string): Promise<LanguageModel | null> {
		const models = await this.list();
		const wanted = id ?? this.#settings.models.preferred;
		const found = models.find((model) => model.id === wanted);
		if (found || id) return found ?? null;
		const standing = models.filter(({ info }) => this.#endpoints.get(info.endpoint)?.health.state !== 'down');
		return standing.find(({ isRemote }) => !isRemote) ?? standing[0] ?? models[0] ?? null;
	}

	/** The same as data. */
	async describe(isFresh = false): Promise<readonly ModelDescription[]> {
		const models = await this.list(isFresh);
		return models.map(({ id, label, destination, isRemote, contextTokens, info }) => {
			const health = this.#endpoint(info.endpoint, isRemote).health;
			return { id, label, destination, isRemote, contextTokens, ...info, health };
		});
	}

	/** The servers of the settings and the discovered ones, asked where that is due. */
	async endpoints(): Promise<readonly EndpointDescription[]> {
		return Promise.all(
			this.#current().map(async (server) => {
				const models = await server.list(false);
				const { kind, url } = server.place;
				const hasKey = (await server.apiKey().catch(() => null)) !== null;
				const key = server.endpoint.key;
				return { key, kind, isRemote: !isLoopback(url), hasKey, models: models.map(({ id }) => id), health: server.endpoint.health };
			}),
		);
	}

	/** The address of an Ollama server that is known here. Rejects with `not-found`, or `untrusted-workspace`. */
	requireOllama(url: string): string {
		const address = withoutSlash(url);
		const known = this.#places().some((place) => place.kind === 'ollama' && place.url === address);
		if (!known) throw new CoordinatorError('not-found', 'There is no Ollama server at this address in the settings.');
		if (!this.#settings.isTrusted && !isLoopback(address)) throw new CoordinatorError('untrusted-workspace', 'The workspace is not trusted.');
		return address;
	}

	/** What a model list is out of date by: a model was pulled, a key was set. */
	forget(): void {
		for (const server of this.#servers.values()) server.forget();
	}

	discovered(servers: readonly DiscoveredServer[]): void {
		this.#discovered = servers;
	}

	async updateSettings(settings: Settings): Promise<void> {
		this.#settings = settings;
		this.forget();
		const kept = new Set(settings.models.ggufFiles.map((path) => this.#fileKey(path)));
		for (const [key, model] of [...this.#files]) {
			if (kept.has(key)) continue;
			this.#files.delete(key);
			await model.close();
		}
	}

	async close(): Promise<void> {
		await Promise.all([...this.#files.values()].map((model) => model.close()));
		this.#files.clear();
	}

	#places(): readonly ServerPlace[] {
		const { ollamaUrl, openaiUrls, anthropicUrl } = this.#settings.models;
		const places: ServerPlace[] = [
			...(ollamaUrl ? [{ kind: 'ollama' as const, url: ollamaUrl }] : []),
			...openaiUrls.map((url) => ({ kind: 'openai' as const, url })),
			...(anthropicUrl ? [{ kind: 'anthropic' as const, url: anthropicUrl }] : []),
			...this.#discovered,
		];
		return places.map(({ kind, url }) => ({ kind, url: withoutSlash(url) }));
	}

	#current(): readonly ServerModels[] {
		const places = this.#places().filter(({ url }) => this.#settings.isTrusted || isLoopback(url));
		const current = new Map<string, ServerModels>();
		for (const place of places) {
			const key = `${place.kind} ${place.url}`;
			if (current.has(key)) continue;
			const known = this.#servers.get(key);
			current.set(key, known ?? this.#open(place));
		}
		// A server that left the settings is forgotten; its health starts anew when it comes back.
		this.#servers.clear();
		for (const [key, server] of current) this.#servers.set(key, server);
		return [...current.values()];
	}

	#open(place: ServerPlace): ServerModels {
		const { origin, pathname } = new URL(place.url);
		const key = withoutSlash(`${origin}${pathname}`);
		this.#endpoints.delete(key);
		const endpoint = this.#endpoint(key, !isLoopback(place.url));
		return new ServerModels({ place, endpoint, ports: this.#ports, settings: () => this.#settings });
	}

	#endpoint(key: string, isRemote: boolean): ModelEndpoint {
		const known = this.#endpoints.get(key);
		if (known) return known;
		// A server of this machine is asked for one answer at a time: more of them only make all of them slow.
		const concurrency = isRemote ? Number.POSITIVE_INFINITY : 1;
		// A GGUF file runs in a process of this one's own.
		const turns = isRemote || key.startsWith('gguf:') ? undefined : this.#turns;
		const made = new ModelEndpoint({ key, isLocal: !isRemote, concurrency, clock: this.#ports.clock, ...(turns ? { turns } : {}) });
		this.#endpoints.set(key, made);
		return made;
	}

	async #hostModels(): Promise<readonly LanguageModel[]> {
		const models = await this.#ports.hostModels.models().catch(() => []);
		return models.map((model) => {
			const name = model.id.slice(model.id.indexOf('/') + 1);
			const price = priceOf({ id: model.id, name, host: '', isRemote: true }, this.#settings.models.prices);
			return this.#endpoint(model.info.endpoint, true).wrap({ ...model, info: { ...model.info, price } });
		});
	}

	#fileKey(path: string): string {
		const { localContextTokens, ggufRuntime } = this.#settings.models;
		return JSON.stringify([path, localContextTokens, ggufRuntime]);
	}

	#ggufModels(): readonly LanguageModel[] {
		const { localContextTokens, ggufRuntime, ggufFiles, prices } = this.#settings.models;
		return ggufFiles.map((path) => {
			const name = path.split(/[\\/]/).at(-1) ?? path;
			const sizeBillions = sizeOfName(name);
			const info: ModelInfo = {
				endpoint: `gguf:${name}`,
				sizeBillions,
				quantisation: quantisationOfName(name),
				roles: rolesOf(name, [], { isRemote: false, sizeBillions }),
				price: priceOf({ id: `gguf:${name}`, name, host: '', isRemote: false }, prices),
				features: { tools: true, jsonSchema: true },
			};
			const key = this.#fileKey(path);
			const { gguf, clock } = this.#ports;
			const model =
				this.#files.get(key) ??
				createGgufLanguageModel({ path, contextTokens: localContextTokens, runtimeFolder: ggufRuntime, info, gguf, clock, limits: () => this.#settings.models });
			this.#files.set(key, model);
			return this.#endpoint(info.endpoint, false).wrap(model);
		});
	}
}

function withoutSlash(url: string): string {
	return url.replace(/\/+$/, '');
}
