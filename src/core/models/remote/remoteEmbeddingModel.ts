import { Ollama } from 'ollama';
import OpenAI, { APIConnectionError, APIError } from 'openai';
import { CoordinatorError } from '#core/base/errors';
import { errorOfConnection, isLoopback, serverName } from '#core/base/servers';
import type { UserPrice } from '#core/domain/modelInfo';
import type { EmbeddingModel, EmbeddingRequest } from '../embeddingModel.ts';
import { priceOf } from '../prices.ts';
import type { Heard, SideCalls } from '../sideCalls.ts';
import { RequestGuard } from './requestGuard.ts';
import { errorOfStatus } from './serverErrors.ts';

/** Texts a request; servers queue what is more, and a timeout then hits work that was under way. */
const BATCH = 16;
const LIMITS = { firstTokenTimeoutMs: 60_000, totalTimeoutMs: 60_000 } as const;
/** Characters a text is cut to, so that no server refuses it for its length: 512 tokens of any tokenizer fit well within. */
const MAX_CHARACTERS = 2_000;
/** Stands for a blank text, for which Ollama refuses the whole request where the model's vocabulary marks no beginning. */
const NOTHING = '.';

/** What a server sent, which may be anything. */
interface Reply {
	readonly vectors: readonly (readonly number[])[];
	readonly inputTokens: unknown;
}

/**
 * An embedding model of an Ollama (`/api/embed`) or OpenAI-compatible (`/v1/embeddings`) server. Its dimension is probed with one word;
 * a later answer of another dimension is `dimension-changed`. Rejects as `EmbeddingModel` says.
 *
 * The ledger has a row for each request, the probe included: not for each text, and not one for a minute. A request is what a server bills,
 * refuses and is waited for; 100,000 pieces of code make some 6,000 rows of a ledger that is made for millions. A sum that is yet to be
 * written would be lost with its process, and no limit could count it.
 */
export async function openRemoteEmbeddingModel(options: {
	readonly kind: 'ollama' | 'openai';
	readonly url: string;
	readonly name: string;
	readonly fetch: typeof fetch;
	readonly apiKey: () => Promise<string | null>;
	/** Of the settings, over those of the table. */
	readonly prices: () => Readonly<Record<string, UserPrice>>;
	readonly calls: SideCalls;
	readonly signal?: AbortSignal;
}): Promise<EmbeddingModel> {
	const { kind, url, name, calls } = options;
	const server = serverName(url);
	const id = `${kind}:${server}/${name}`;
	const label = `${name} at ${server}`;
	const isRemote = !isLoopback(url);
	const request = kind === 'ollama' ? ollamaRequest : openaiRequest;

	async function ollamaRequest(texts: readonly string[], guard: RequestGuard): Promise<Reply> {
		const client = new Ollama({ host: url, fetch: guard.fetch(options.fetch) });
		const { embeddings, prompt_eval_count } = await client.embed({ model: name, input: [...texts], truncate: true });
		return { vectors: embeddings, inputTokens: prompt_eval_count };
	}
	async function openaiRequest(texts: readonly string[], guard: RequestGuard): Promise<Reply> {
		const client = new OpenAI({ baseURL: url, apiKey: (await options.apiKey()) ?? 'none', fetch: guard.fetch(options.fetch), maxRetries: 0 });
		const { data, usage } = await client.embeddings.create({ model: name, input: [...texts], encoding_format: 'float' });
		const vectors = Array.isArray(data) ? [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => embedding) : data;
		return { vectors, inputTokens: usage?.prompt_tokens };
	}

	function embedBatch(texts: readonly string[], { interactionId, workspaceId, signal }: Omit<EmbeddingRequest, 'purpose'>): Promise<Float32Array[]> {
		const price = priceOf({ id, name, host: new URL(url).hostname, isRemote }, options.prices());
		const model = { id, label, isRemote, price, contextTokens: null };
		const plan = { purpose: 'embedding', model, prompt: texts.join('\n'), maxOutputTokens: 0, interactionId, workspaceId, signal } as const;
		return calls.make(plan, (_, heard) => send(texts, heard, signal));
	}

	async function send(texts: readonly string[], heard: Heard, signal: AbortSignal | undefined): Promise<Float32Array[]> {
		const guard = new RequestGuard(server, LIMITS, signal);
		try {
			const { vectors, inputTokens } = await request(texts, guard);
			if (Number.isSafeInteger(inputTokens) && Number(inputTokens) > 0) heard.usage = { inputTokens: Number(inputTokens), outputTokens: 0, isEstimate: false };
			if (!Array.isArray(vectors) || !vectors.every(Array.isArray)) throw new CoordinatorError('server-error', `${server} gave no vectors.`, { details: { server } });
			if (vectors.length !== texts.length)
				throw new CoordinatorError('server-error', `${server} gave ${vectors.length} vectors for ${texts.length} texts.`, { details: { server } });
			return vectors.map((vector) => normalise(vector, server));
		} catch (error) {
			throw guard.translate(error, (cause) => {
				if (cause instanceof APIError && typeof cause.status === 'number' && !(cause instanceof APIConnectionError)) {
					return errorOfStatus(server, cause.status, cause.message, cause, cause.headers?.get('retry-after'));
				}
				const status = cause instanceof Error && 'status_code' in cause ? Number(cause.status_code) : Number.NaN;
				return Number.isNaN(status)
					? errorOfConnection(server, cause)
					: errorOfStatus(server, status, cause instanceof Error ? cause.message : '', cause, guard.retryAfter);
			});
		} finally {
			guard.dispose();
		}
	}

	const [probe] = await embedBatch(['probe'], options);
	const dimension = probe?.length ?? 0;
	return {
		// With the dimension: a server that has another model under this name has other vectors, which are never compared.
		id: `${id}@${dimension}`,
		label,
		dimension,
		maxTokens: 512,
		isRemote,
		requestSize: BATCH,
		async embed(texts, more) {
			const vectors: Float32Array[] = [];
			for (let i = 0; i < texts.length; i += BATCH) {
				vectors.push(
					...(await embedBatch(
						texts.slice(i, i + BATCH).map((text) => (text.trim() === '' ? NOTHING : text.slice(0, MAX_CHARACTERS))),
						more,
					)),
				);
			}
			const other = vectors.find((vector) => vector.length !== dimension);
			if (other) {
				throw new CoordinatorError('dimension-changed', `${name} now gives vectors of ${other.length} numbers; it gave ${dimension} before.`, {
					details: { model: name, before: dimension, now: other.length },
				});
			}
			return vectors;
		},
		calibrate: calibrateUnknownModel,
		close: async () => undefined,
	};
}

/**
 * P(relevant) for models nobody has fitted: a logistic curve through 0.5 at a cosine of 0.55 and 0.9 at 0.75, where current text
 * embedding models put related code. It is a prior, not a measurement; the bundled model has a fitted one.
 */
function calibrateUnknownModel(cosine: number): number {
	return 1 / (1 + Math.exp(-11 * (cosine - 0.55)));
}

/** Unit length; refuses vectors that are empty, all zero or hold a NaN, which servers give for texts they choke on. */
function normalise(vector: readonly number[], server: string): Float32Array {
	const result = Float32Array.from(vector);
	const length = Math.sqrt(result.reduce((sum, value) => sum + value * value, 0));
	if (!(length > 0 && Number.isFinite(length))) throw new CoordinatorError('server-error', `${server} gave a vector without a direction.`, { details: { server } });
	for (let i = 0; i < result.length; i++) result[i] = (result[i] ?? 0) / length;
	return result;
}
