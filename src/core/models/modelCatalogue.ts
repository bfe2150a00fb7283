import { CoordinatorError } from '#core/base/errors';
import { isLoopback } from '#core/base/servers';
import type { EndpointDescription, ModelPreset, ModelTestResult, PullProgress } from '#core/domain/modelInfo';
import type { DiscoveredServer, ModelDescription } from '#core/domain/requests';
import { WordPiece } from '#core/domain/wordPiece';
import type { CallBook } from '#core/metrics/ledger';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { EmbeddingModel } from './embeddingModel.ts';
import type { LanguageModel } from './languageModel.ts';
import { LanguageModels } from './languageModels.ts';
import { openBundledEmbeddingModel } from './local/bundledEmbeddingModel.ts';
import { TableStaticVectors } from './local/tableStaticVectors.ts';
import { presetsWith } from './presets.ts';
import { discoverServers } from './remote/discovery.ts';
import { pullModel } from './remote/pullModel.ts';
import { openRemoteEmbeddingModel } from './remote/remoteEmbeddingModel.ts';
import type { ServerTurns } from './serverTurns.ts';
import { SideCalls } from './sideCalls.ts';
import type { StaticVectors } from './staticVectors.ts';
import { testModel } from './testModel.ts';

/** Which models there are. Loads each at first use and again when its settings change. */
export interface ModelCatalogue {
	/** The model of the settings; null where they say `none`. Rejects as EmbeddingModel says; the next call tries again. */
	embedding(): Promise<EmbeddingModel | null>;
	/** The same where it is loaded by now, else null: for who must not wait, nor cause a load. */
	loadedEmbedding(): EmbeddingModel | null;
	/** Null where the table is not installed. */
	staticVectors(): Promise<StaticVectors | null>;
	wordPiece(): Promise<WordPiece>;
	/** The host's, those of configured servers and of discovered ones, and GGUF files. Servers that never answered are left out. */
	languageModels(): Promise<readonly LanguageModel[]>;
	/** By id; without one the preferred, else the first of this machine, else the first, those that are down last. Null where there is none. */
	languageModel(id?: string): Promise<LanguageModel | null>;
	/** The same models as data, with the health of their endpoints. `isFresh`: every server is asked anew. */
	describe(options?: { readonly isFresh?: boolean }): Promise<readonly ModelDescription[]>;
	endpoints(): Promise<readonly EndpointDescription[]>;
	presets(): Promise<readonly ModelPreset[]>;
	/** One short prompt. Rejects with `not-found` or `cancelled`; any other failure is a result. */
	test(id: string, signal?: AbortSignal): Promise<ModelTestResult>;
	/** Has a known Ollama server fetch a model; rejects as `pullModel` does, and with `not-found` for an unknown server. */
	pull(request: { readonly url: string; readonly model: string }, onProgress: (progress: PullProgress) => void, signal?: AbortSignal): Promise<void>;
	/** Asks the usual ports of this machine and remembers what answered until the process ends. */
	discover(signal?: AbortSignal): Promise<readonly DiscoveredServer[]>;
	/** The next call asks every server anew. */
	secretsChanged(): void;
	updateSettings(settings: Settings): Promise<void>;
	close(): Promise<void>;
}

/** `calls`: what is told of requests to embedding servers and of tests. `turns`: where other processes ask the same servers of this machine. */
export function createModelCatalogue(options: {
	readonly ports: Ports;
	readonly settings: Settings;
	readonly calls: CallBook;
	readonly turns?: ServerTurns;
}): ModelCatalogue {
	const { ports } = options;
	const calls = new SideCalls(options.calls, ports.clock, ports.uuid);
	let settings = options.settings;
	const language = new LanguageModels(ports, settings, options.turns);
	let embedding: Promise<EmbeddingModel | null> | undefined;
	let loaded: EmbeddingModel | null = null;
	let wordPiece: Promise<WordPiece> | undefined;
	let staticVectors: Promise<StaticVectors | null> | undefined;

	const apiKey = (url: string) => ports.secrets.get(`openai:${new URL(url).origin}`);
	const requireTrust = (url: string) => {
		if (!settings.isTrusted && !isLoopback(url)) {
			throw new CoordinatorError('untrusted-workspace', 'The workspace is not trusted, so nothing is sent to another machine.', {
				details: { url: new URL(url).origin },
			});
		}
	};

	async function openEmbedding(): Promise<EmbeddingModel | null> {
		const { provider, url, model, runtime } = settings.embedding;
		if (provider === 'none') return null;
		if (provider === 'bundled') return openBundledEmbeddingModel(ports.bundledModel, runtime);
		const base = url ?? (provider === 'ollama' ? (settings.models.ollamaUrl ?? 'http://127.0.0.1:11434') : null);
		if (!base || !model) {
			throw new CoordinatorError('invalid-argument', `The embedding provider “${provider}” needs ${base ? 'the name of a model' : 'an address'} in the settings.`);
		}
		requireTrust(base);
		const server = { kind: provider, url: base.replace(/\/+$/, ''), name: model } as const;
		const prices = () => settings.models.prices;
		return probedAnew(await openRemoteEmbeddingModel({ ...server, fetch: ports.fetch, apiKey: () => apiKey(base), prices, calls }));
	}

	/** The model, forgotten when its server has another one under its name: who asks next gets that one. */
	function probedAnew(model: EmbeddingModel): EmbeddingModel {
		const anew: EmbeddingModel = {
			...model,
			async embed(texts, more) {
				try {
					return await model.embed(texts, more);
				} catch (error) {
					if (CoordinatorError.is(error, 'dimension-changed') && loaded === anew) await closeEmbedding();
					throw error;
				}
			},
		};
		return anew;
	}

	async function closeEmbedding(): Promise<void> {
		const open = embedding;
		embedding = undefined;
		loaded = null;
		await open?.then((model) => model?.close()).catch(() => undefined);
	}

	return {
		embedding() {
			if (!embedding) {
				const opening = openEmbedding();
				embedding = opening;
				opening.then(
					(model) => {
						if (embedding === opening) loaded = model;
					},
					() => {
						if (embedding === opening) embedding = undefined;
					},
				);
			}
			return embedding;
		},
		loadedEmbedding: () => loaded,
		staticVectors() {
			staticVectors ??= ports.assets.read('staticVectors.bin').then(
				(bytes) => new TableStaticVectors(bytes),
				() => null,
			);
			return staticVectors;
		},
		wordPiece() {
			wordPiece ??= ports.assets.read('vocab.txt').then((bytes) => new WordPiece(new TextDecoder().decode(bytes)));
			return wordPiece;
		},
		languageModels: () => language.list(),
		languageModel: (id) => language.find(id),
		describe: ({ isFresh = false } = {}) => language.describe(isFresh),
		endpoints: () => language.endpoints(),
		presets: async () => presetsWith(await language.list()),
		async test(id, signal) {
			const model = await language.find(id);
			if (!model) throw new CoordinatorError('not-found', 'There is no model of this name any more.', { details: { model: id } });
			return testModel(model, calls, ports.clock, signal);
		},
		async pull({ url, model }, onProgress, signal) {
			const address = language.requireOllama(url);
			await pullModel({ url: address, model, fetch: ports.fetch, limits: settings.models, onProgress, signal });
			language.forget();
		},
		async discover(signal) {
			const found = await discoverServers(ports.fetch, settings.models.localContextTokens, signal);
			language.discovered(found);
			return found;
		},
		secretsChanged: () => language.forget(),
		async updateSettings(next) {
			const before = settings;
			settings = next;
			await language.updateSettings(next);
			if (JSON.stringify([before.embedding, before.isTrusted]) !== JSON.stringify([next.embedding, next.isTrusted])) await closeEmbedding();
		},
		async close() {
			await Promise.all([closeEmbedding(), language.close()]);
		},
	};
}
