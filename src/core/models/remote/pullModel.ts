import { Ollama } from 'ollama';
import { CoordinatorError } from '#core/base/errors';
import { errorOfConnection, isLoopback, serverName } from '#core/base/servers';
import type { PullProgress } from '#core/domain/modelInfo';
import { RequestGuard, type RequestLimits } from './requestGuard.ts';
import { errorOfGarbage, errorOfStatus } from './serverErrors.ts';

/** A large model over a slow line takes hours; only silence ends a pull. */
const LONGEST_PULL_MS = 24 * 3_600_000;

/**
 * Has an Ollama server fetch a model, and tells how far it is. Resolves when the server has it. Rejects with `not-found` where its registry has
 * no such model, else as LanguageModel says. After a cancel the server keeps the layers that are whole.
 */
export async function pullModel(options: {
	readonly url: string;
	readonly model: string;
	readonly fetch: typeof fetch;
	readonly limits: Pick<RequestLimits, 'firstTokenTimeoutMs'>;
	readonly onProgress: (progress: PullProgress) => void;
	readonly signal?: AbortSignal | undefined;
}): Promise<void> {
	const place = `Ollama at ${serverName(options.url)}`;
	const guard = new RequestGuard(place, { ...options.limits, totalTimeoutMs: LONGEST_PULL_MS }, options.signal);
	const layers = new Map<string, { readonly completed: number; readonly total: number }>();
	let isDone = false;
	try {
		const client = new Ollama({ host: options.url, fetch: guard.fetch(options.fetch) });
		for await (const { status, digest, completed, total } of guard.watch(
			await client.pull({ model: options.model, stream: true, insecure: isOwnRegistry(options.model) }),
		)) {
			if (digest && total) layers.set(digest, { completed: completed ?? 0, total });
			isDone ||= status === 'success';
			const sum = (of: 'completed' | 'total') => [...layers.values()].reduce((bytes, layer) => bytes + layer[of], 0);
			options.onProgress({ status: status ?? '', completedBytes: sum('completed'), totalBytes: layers.size > 0 ? sum('total') : null });
		}
		if (!isDone) throw errorOfGarbage(place, 'ended before the model was there.');
	} catch (error) {
		throw guard.translate(error, (cause) => {
			const message = cause instanceof Error ? cause.message : '';
			if (/file does not exist|not found/i.test(message)) {
				return new CoordinatorError('not-found', `There is no model ${options.model} for ${place} to pull.`, { details: { model: options.model } });
			}
			const status = cause instanceof Error && 'status_code' in cause ? Number(cause.status_code) : Number.NaN;
			if (!Number.isNaN(status)) return errorOfStatus(place, status, message, cause, guard.retryAfter);
			return cause instanceof TypeError ? errorOfConnection(place, cause) : errorOfGarbage(place, 'could not pull the model.', cause);
		});
	} finally {
		guard.dispose();
	}
}

/**
 * Whether a name leads to a registry of the machine that Ollama runs on, as `localhost:5000/library/qwen3:4b` does. It is asked without encryption,
 * which Ollama wants to be told: nothing of it is on a network.
 */
function isOwnRegistry(model: string): boolean {
	const [, host] = /^(?:https?:\/\/)?([^/]+)\/[^/]+\/[^/]+$/.exec(model) ?? [];
	const address = `http://${host}`;
	return host !== undefined && URL.canParse(address) && isLoopback(address);
}
