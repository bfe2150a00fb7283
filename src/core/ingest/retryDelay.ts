const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;

/** Waits that double with every failure in a row, from two seconds to five minutes. */
export class RetryDelay {
	#delayMs = FIRST_RETRY_MS;

	/** How long to wait after one more failure, milliseconds. */
	next(): number {
		const delayMs = this.#delayMs;
		this.#delayMs = Math.min(delayMs * 2, LAST_RETRY_MS);
		return delayMs;
	}

	/** After a success. */
	reset(): void {
		this.#delayMs = FIRST_RETRY_MS;
	}
}
