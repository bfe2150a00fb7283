import { CoordinatorError } from '#core/base/errors';
import type { ModelInfo } from '#core/domain/modelInfo';
import type { ClockPort, GgufAnswer, GgufPort, OpenGguf } from '#core/ports';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from '../languageModel.ts';

/** Time without a request after which the memory is given back. */
const IDLE_LIMIT_MS = 300_000;

/** A GGUF file that runs in this program's care: loaded at first use, unloaded when it was idle for five minutes, loaded again after a crash. */
export interface GgufLanguageModel extends LanguageModel {
	close(): Promise<void>;
}

/** `path` is absolute; `contextTokens` is what it gets room for. Nothing is loaded by this call. */
export function createGgufLanguageModel(options: {
	readonly path: string;
	readonly contextTokens: number;
	readonly runtimeFolder: string | null;
	readonly info: ModelInfo;
	readonly gguf: GgufPort;
	readonly clock: ClockPort;
	readonly limits: () => { readonly firstTokenTimeoutMs: number; readonly totalTimeoutMs: number };
}): GgufLanguageModel {
	const { path, clock, contextTokens, runtimeFolder } = options;
	const name = path.split(/[\\/]/).at(-1) ?? path;
	let opening: Promise<OpenGguf> | undefined;
	let idle: AbortController | undefined;

	async function open(): Promise<OpenGguf> {
		idle?.abort();
		if (opening && (await opening.catch(() => null))?.isAlive) return opening;
		const next = options.gguf.open({ path, contextTokens, runtimeFolder });
		opening = next;
		next.catch(() => {
			if (opening === next) opening = undefined;
		});
		return next;
	}

	async function close(): Promise<void> {
		idle?.abort();
		const open = opening;
		opening = undefined;
		await open?.then((model) => model.close()).catch(() => undefined);
	}

	function closeWhenIdle(): void {
		idle?.abort();
		const controller = new AbortController();
		idle = controller;
		clock.delay(IDLE_LIMIT_MS, controller.signal).then(close, () => undefined);
	}

	async function* stream(messages: readonly ModelMessage[], request: ModelRequestOptions): AsyncGenerator<ModelPart> {
		const { signal, onQueued: _, ...asked } = request;
		if (signal?.aborted) throw new CoordinatorError('cancelled', 'The request was cancelled.', { cause: signal.reason });
		const controller = new AbortController();
		const { firstTokenTimeoutMs, totalTimeoutMs } = options.limits();
		let isLate = false;
		/** Neither the loading nor an answer that does not listen is waited for. */
		const stop = () => {
			controller.abort();
			finish({ error: undefined });
		};
		const onAbort = () => stop();
		const expire = () => {
			isLate = true;
			stop();
		};
		signal?.addEventListener('abort', onAbort, { once: true });
		clock.delay(totalTimeoutMs, controller.signal).then(expire, () => undefined);
		const first = new AbortController();
		clock.delay(firstTokenTimeoutMs, first.signal).then(expire, () => undefined);
		const texts: string[] = [];
		let wake: () => void = () => undefined;
		let ended: { readonly answer: GgufAnswer } | { readonly error: unknown } | undefined;
		const finish = (value: NonNullable<typeof ended>) => {
			ended ??= value;
			wake();
		};
		const onText = (text: string) => {
			first.abort();
			texts.push(text);
			wake();
		};
		open()
			.then((model) => model.answer({ messages, ...asked }, onText, controller.signal))
			.then(
				(answer) => finish({ answer }),
				(error: unknown) => finish({ error }),
			);
		try {
			for (;;) {
				const text = texts.shift();
				if (text !== undefined) yield { type: 'delta', text };
				else if (ended) break;
				else await new Promise<void>((resolve) => (wake = resolve));
			}
			if ('error' in ended) {
				if (signal?.aborted) throw new CoordinatorError('cancelled', 'The request was cancelled.', { cause: ended.error });
				if (isLate) throw new CoordinatorError('server-timeout', `${name} did not answer in time.`, { cause: ended.error, isRetryable: true });
				throw ended.error;
			}
			const { answer } = ended;
			if (request.tools?.length) for (const call of answer.toolCalls) yield { type: 'tool-call', call };
			yield { type: 'end', reason: answer.reason, usage: { inputTokens: answer.inputTokens, outputTokens: answer.outputTokens, isEstimate: false } };
		} finally {
			first.abort();
			controller.abort();
			signal?.removeEventListener('abort', onAbort);
			closeWhenIdle();
		}
	}

	return {
		id: `gguf:${name}`,
		label: `${name.replace(/\.gguf$/i, '')} (in the process)`,
		destination: 'this machine',
		isRemote: false,
		contextTokens,
		info: options.info,
		stream,
		close,
	};
}
