import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, DelegateBackoff, handleWhen } from 'cockatiel';
import { CoordinatorError } from '#core/base/errors';
import type { EndpointHealth } from '#core/domain/modelInfo';
import type { ClockPort } from '#core/ports';
import { CallFigures } from './callFigures.ts';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from './languageModel.ts';
import { ModelQueue } from './modelQueue.ts';
import type { ServerTurns } from './serverTurns.ts';

/** Failures in a row after which an endpoint is left alone, and for how long: longer each time it fails again. */
const MAX_FAILURES = 3;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** Waits for a server of this machine that says it is busy, where it does not say for how long. */
const BUSY_WAITS_MS = [500, 1_000, 2_000, 4_000];
const LONGEST_BUSY_WAIT_SECONDS = 10;

/**
 * A place where models run, and how it does. Its models' requests go through one queue (one at a time on this machine, in all windows together), past a circuit breaker
 * that leaves a failing place alone for a while, and are measured. Every failure names what to do next by its code.
 */
export class ModelEndpoint {
	/** Key for `ModelInfo.endpoint`. */
	readonly key: string;
	readonly #clock: ClockPort;
	readonly #queue: ModelQueue;
	readonly #isLocal: boolean;
	readonly #turns: ServerTurns | undefined;
	readonly #breaker: CircuitBreakerPolicy;
	readonly #figures = new CallFigures();
	/** When a model takes requests again, by model id, as its server said. */
	readonly #blocked = new Map<string, Pause & { readonly failure: CoordinatorError }>();
	#state: EndpointHealth['state'] = 'unknown';
	#checkedMs: number | null = null;
	#failure: CoordinatorError | null = null;
	#pause: Pause | undefined;
	#waiting = 0;

	constructor(options: { readonly key: string; readonly isLocal: boolean; readonly concurrency: number; readonly clock: ClockPort; readonly turns?: ServerTurns }) {
		this.key = options.key;
		this.#clock = options.clock;
		this.#isLocal = options.isLocal;
		this.#turns = options.turns;
		this.#queue = new ModelQueue(options.concurrency);
		this.#breaker = circuitBreaker(handleWhen(isOutage), {
			breaker: new ConsecutiveBreaker(MAX_FAILURES),
			halfOpenAfter: new DelegateBackoff(({ attempt }) => {
				const durationMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
				this.#pause = { fromMs: this.#clock.nowMs(), durationMs };
				return durationMs;
			}),
		});
	}

	get health(): EndpointHealth {
		const { firstTokenMs, tokensPerSecond } = this.#figures;
		return {
			state: this.#state,
			checkedMs: this.#checkedMs,
			errorCode: this.#failure?.code ?? null,
			errorMessage: this.#failure?.message ?? null,
			// Who waits for another window has left the queue of this one.
			queued: this.#queue.queued + this.#waiting,
			running: this.#queue.running - this.#waiting,
			firstTokenMs,
			tokensPerSecond,
		};
	}

	/** Notes what a probe showed; null is an answer. */
	probed(failure: CoordinatorError | null): void {
		if (failure?.code === 'cancelled') return;
		this.#note(failure);
	}

	/** The same model, its requests through this endpoint. */
	wrap(model: LanguageModel): LanguageModel {
		return { ...model, stream: (messages, options) => this.#stream(model, messages, options) };
	}

	async *#stream(model: LanguageModel, messages: readonly ModelMessage[], options: ModelRequestOptions): AsyncGenerator<ModelPart> {
		const leave = await this.#queue.enter((position) => options.onQueued?.(position), options.signal);
		let settle: (failure?: unknown) => void = () => undefined;
		let endTurn: () => void = () => undefined;
		try {
			this.#requireOpen(model.id);
			endTurn = await this.#turn(options);
			settle = this.#watch();
			yield* this.#measured(model, messages, options);
			this.#note(null);
			settle();
		} catch (error) {
			const failure = CoordinatorError.is(error) ? error : new CoordinatorError('server-error', `${model.label} failed.`, { cause: error });
			settle(failure);
			if (failure.code !== 'cancelled') this.#note(failure, model.id);
			throw failure;
		} finally {
			// A reader that stops early has had an answer, and says nothing of the server's health.
			settle();
			endTurn();
			leave();
		}
	}

	/** Waits for other windows that ask the same server of this machine. */
	async #turn({ onQueued, signal }: ModelRequestOptions): Promise<() => void> {
		if (!this.#turns) return () => undefined;
		this.#waiting++;
		try {
			return await this.#turns.take(this.key, (position) => onQueued?.(position), signal);
		} finally {
			this.#waiting--;
		}
	}

	async *#measured(model: LanguageModel, messages: readonly ModelMessage[], options: ModelRequestOptions): AsyncGenerator<ModelPart> {
		for (let attempt = 0; ; attempt++) {
			const call = this.#figures.start(this.#clock.nowMs());
			let hasBegun = false;
			try {
				for await (const part of model.stream(messages, options)) {
					if (!hasBegun) call.first(this.#clock.nowMs());
					hasBegun = true;
					if (part.type === 'end') call.end(this.#clock.nowMs(), part.usage.outputTokens);
					yield part;
				}
				return;
			} catch (error) {
				const waitMs = hasBegun ? null : this.#busyWaitMs(error, attempt);
				if (waitMs === null) throw error;
				await this.#clock.delay(waitMs, options.signal);
			}
		}
	}

	/** A server of this machine that is loading, or serves another window, is asked again; a paid one is the router's business. */
	#busyWaitMs(error: unknown, attempt: number): number | null {
		const wait = BUSY_WAITS_MS[attempt];
		if (!this.#isLocal || wait === undefined || !CoordinatorError.is(error)) return null;
		if (error.code !== 'rate-limited' && error.details.status !== 503) return null;
		const { retryAfterSeconds } = error.details;
		if (typeof retryAfterSeconds !== 'number') return wait;
		return retryAfterSeconds <= LONGEST_BUSY_WAIT_SECONDS ? retryAfterSeconds * 1_000 : null;
	}

	/** Fails at once, as the last request did, while the endpoint is left alone, or the model takes no requests by its server's own word. */
	#requireOpen(modelId: string): void {
		const blocked = this.#blocked.get(modelId);
		const blockedMs = this.#remainingMs(blocked);
		// A probe that was answered meanwhile has cleared the failure, and with it the pause.
		const pausedMs = this.#breaker.state === CircuitState.Open && this.#failure ? this.#remainingMs(this.#pause) : 0;
		const waitMs = Math.max(pausedMs, blockedMs);
		const failure = blockedMs > pausedMs ? blocked?.failure : this.#failure;
		if (waitMs <= 0 || !failure) return;
		throw new CoordinatorError(failure.code, failure.message, {
			cause: failure,
			isRetryable: true,
			details: { ...failure.details, isLeftAlone: true, retryAfterSeconds: Math.ceil(waitMs / 1_000) },
		});
	}

	/** A clock that was set back ends a pause: it must not make one of a minute into one of an hour. */
	#remainingMs(pause: Pause | undefined): number {
		if (!pause) return 0;
		const elapsedMs = this.#clock.nowMs() - pause.fromMs;
		return elapsedMs < 0 ? 0 : pause.durationMs - elapsedMs;
	}

	/** Tells the breaker of a request whose end is not known yet; call the result with the failure, or with nothing. */
	#watch(): (failure?: unknown) => void {
		let settle: (failure?: unknown) => void = () => undefined;
		const outcome = new Promise<void>((resolve, reject) => {
			settle = (failure) => (failure === undefined ? resolve() : reject(failure));
		});
		// The breaker's own refusal is not asked for here: `requireOpen` has gone by the clock that is a port.
		outcome.catch(() => undefined);
		this.#breaker.execute(() => outcome).catch(() => undefined);
		return (failure) => settle(failure);
	}

	#note(failure: CoordinatorError | null, modelId?: string): void {
		this.#checkedMs = this.#clock.nowMs();
		this.#failure = failure;
		if (!failure) {
			this.#state = 'up';
			return;
		}
		if (isOutage(failure) || failure.code === 'unauthorized' || failure.details.reason === 'no-credit') this.#state = 'down';
		const { retryAfterSeconds } = failure.details;
		if (modelId !== undefined && failure.code === 'rate-limited' && typeof retryAfterSeconds === 'number' && !failure.details.isLeftAlone) {
			this.#blocked.set(modelId, { fromMs: this.#clock.nowMs(), durationMs: retryAfterSeconds * 1_000, failure });
		}
	}
}

interface Pause {
	readonly fromMs: number;
	readonly durationMs: number;
}

/** True for what is wrong with the place, not with the request. */
function isOutage(error: unknown): boolean {
	if (!CoordinatorError.is(error) || error.details.isLeftAlone) return false;
	return (
		error.code === 'server-unreachable' || error.code === 'server-timeout' || error.code === 'runtime-unavailable' || (error.code === 'server-error' && error.isRetryable)
	);
}
