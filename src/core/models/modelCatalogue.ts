import { CoordinatorError } from '#core/base/errors';
import type { DiscoveredServer } from '#core/domain/requests';
import { WordPiece } from '#core/domain/wordPiece';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { EmbeddingModel } from './embeddingModel.ts';
import type { LanguageModel } from './languageModel.ts';
import { openBundledEmbeddingModel } from './local/bundledEmbeddingModel.ts';
import { TableStaticVectors } from './local/tableStaticVectors.ts';
import { discoverServers, listModels } from './remote/discovery.ts';
import { createOllamaLanguageModel } from './remote/ollamaLanguageModel.ts';
import { createOpenaiLanguageModel } from './remote/openaiLanguageModel.ts';
import { openRemoteEmbeddingModel } from './remote/remoteEmbeddingModel.ts';
import { isLoopback } from './remote/serverErrors.ts';
import type { StaticVectors } from './staticVectors.ts';

/** Which models there are. Loads each at first use and again when its settings change. */
export interface ModelCatalogue {
	/** The model of the settings; null where they say `none`. Rejects as EmbeddingModel says; the next call tries again. */
	embedding(): Promise<EmbeddingModel | null>;
	/** The same where it is loaded by now, else null: for who must not wait, nor cause a load. */
	loadedEmbedding(): EmbeddingModel | null;
	/** Null where the table is not installed. */
	staticVectors(): Promise<StaticVectors | null>;
	wordPiece(): Promise<WordPiece>;
	/** The host's, those of configured servers, and those of discovered ones. Servers that do not answer are left out. */
	languageModels(): Promise<readonly LanguageModel[]>;
	/** By id; without one the preferred, else the first of this machine, else the first. Null where there is none, or none of that id. */
	languageModel(id?: string): Promise<LanguageModel | null>;
	/** Asks the usual ports of this machine and remembers what answered until the process ends. */
	discover(signal?: AbortSignal): Promise<readonly DiscoveredServer[]>;
	updateSettings(settings: Settings): Promise<void>;
	close(): Promise<void>;
}

type Server = Pick<DiscoveredServer, 'kind' | 'url'>;

/** Time a configured server may take to list its models. */
const LIST_LIMIT_MS = 2_000;

export function createModelCatalogue(options: { readonly ports: Ports; readonly settings: Settings }): ModelCatalogue {
	const { ports } = options;
	let settings = options.settings;
	let discovered: readonly DiscoveredServer[] = [];
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
		return openRemoteEmbeddingModel({ kind: provider, url: base.replace(/\/+$/, ''), name: model, fetch: ports.fetch, apiKey: () => apiKey(base) });
	}

	function servers(): readonly Server[] {
		const configured: Server[] = [
			...(settings.models.ollamaUrl ? [{ kind: 'ollama' as const, url: settings.models.ollamaUrl }] : []),
			...settings.models.openaiUrls.map((url) => ({ kind: 'openai' as const, url })),
		];
		const known = new Map([...configured, ...discovered].map(({ kind, url }) => [url.replace(/\/+$/, ''), kind]));
		return [...known].map(([url, kind]) => ({ kind, url })).filter(({ url }) => settings.isTrusted || isLoopback(url));
	}

	async function modelsOf({ kind, url }: Server): Promise<readonly LanguageModel[]> {
		try {
			const key = kind === 'openai' ? await apiKey(url) : null;
			const names = await listModels({ kind, url, fetch: ports.fetch, apiKey: key, timeoutMs: LIST_LIMIT_MS });
			const common = { url, contextTokens: null, fetch: ports.fetch, limits: () => settings.models };
			return names
				.filter((name) => !/embed|minilm|bge-|rerank/i.test(name))
				.map((name) => (kind === 'ollama' ? createOllamaLanguageModel({ ...common, name }) : createOpenaiLanguageModel({ ...common, name, apiKey: () => apiKey(url) })));
		} catch (error) {
			ports.log.warn(`The model server at ${new URL(url).host} does not answer: ${error instanceof Error ? error.message : String(error)}`);
			return [];
		}
	}

	async function languageModels(): Promise<readonly LanguageModel[]> {
		const host = settings.isTrusted ? await ports.hostModels.models().catch(() => []) : [];
		return [...host, ...(await Promise.all(servers().map(modelsOf))).flat()];
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
		languageModels,
		async languageModel(id) {
			const models = await languageModels();
			const wanted = id ?? settings.models.preferred;
			const found = models.find((model) => model.id === wanted);
			if (found || id) return found ?? null;
			return models.find((model) => !model.isRemote) ?? models[0] ?? null;
		},
		async discover(signal) {
			discovered = await discoverServers(ports.fetch, signal);
			return discovered;
		},
		async updateSettings(next) {
			const before = settings;
			settings = next;
			if (JSON.stringify([before.embedding, before.isTrusted]) !== JSON.stringify([next.embedding, next.isTrusted])) await closeEmbedding();
		},
		close: closeEmbedding,
	};
}
