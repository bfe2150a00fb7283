import { CoordinatorError } from '#core/base/errors';

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;
/** A server that says when to come back is believed so far. */
const LONGEST_TOLD_MS = 3_600_000;

/** Waits that double with every failure in a row, from two seconds to five minutes; or as long as the server said. */
export class RetryDelay {
	#delayMs = FIRST_RETRY_MS;

	/** How long to wait after one more failure, milliseconds. */
	next(failure?: unknown): number {
		const delayMs = this.#delayMs;
		this.#delayMs = Math.min(delayMs * 2, LAST_RETRY_MS);
		const told = CoordinatorError.is(failure) ? failure.details.retryAfterSeconds : undefined;
		return typeof told === 'number' ? Math.min(told * 1_000, LONGEST_TOLD_MS) : delayMs;
	}

	/** After a success. */
	reset(): void {
		this.#delayMs = FIRST_RETRY_MS;
	}
}
