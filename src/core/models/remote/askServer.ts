import { CoordinatorError } from '#core/base/errors';
import { errorOfConnection, serverName } from '#core/base/servers';
import type { ModelFeatures } from '#core/domain/modelInfo';
import { errorOfGarbage, errorOfStatus } from './serverErrors.ts';

export type ServerKind = 'ollama' | 'openai' | 'anthropic';

/** A model as its server describes it. */
export interface ListedModel {
	readonly name: string;
	readonly label: string;
	readonly sizeBillions: number | null;
	readonly quantisation: string | null;
	/** Tokens of prompt and answer that the server makes room for; null where it does not say. */
	readonly contextTokens: number | null;
	readonly maxOutputTokens: number | null;
	/** What the server calls it: labels, capabilities, its type. */
	readonly words: readonly string[];
	readonly features: ModelFeatures;
}

export interface ListRequest {
	readonly kind: ServerKind;
	/** Base URL without a slash at its end; for `openai` it ends where `/models` begins. */
	readonly url: string;
	readonly fetch: typeof fetch;
	readonly apiKey?: string | null;
	readonly signal?: AbortSignal | undefined;
	readonly timeoutMs: number;
	/** Context that an Ollama model gets that sets none itself. */
	readonly ollamaContextTokens: number;
}

/** Asks for JSON within the limit, following no redirect. Rejects as listModels does. */
export async function askJson(
	request: Pick<ListRequest, 'url' | 'fetch' | 'signal' | 'timeoutMs'>,
	path: string,
	init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<unknown> {
	const server = serverName(request.url);
	const timeout = AbortSignal.timeout(request.timeoutMs);
	const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
	try {
		const response = await request.fetch(`${request.url}${path}`, { ...init, signal, redirect: 'error' });
		if (!response.ok) throw errorOfStatus(server, response.status, '', undefined, response.headers.get('retry-after'));
		return JSON.parse(await response.text());
	} catch (error) {
		if (request.signal?.aborted) throw new CoordinatorError('cancelled', 'The request was cancelled.');
		if (CoordinatorError.is(error)) throw error;
		if (timeout.aborted) throw new CoordinatorError('server-timeout', `${server} sent nothing in time.`, { isRetryable: true, details: { server } });
		if (error instanceof SyntaxError) throw errorOfGarbage(server, 'answered with something that is no list of models.', error);
		throw errorOfConnection(server, error);
	}
}
