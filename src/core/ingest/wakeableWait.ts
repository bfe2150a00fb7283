import { isCancellation } from '#core/base/abort';
import type { ClockPort } from '#core/ports';

/** Waiting for time, for a word from outside, or for a condition. */
export class WakeableWait {
	readonly #clock: ClockPort;
	readonly #waiters = new Set<() => void>();
	#wake = new AbortController();

	constructor(clock: ClockPort) {
		this.#clock = clock;
	}

	/** Ends early by `wake`, also by one since the last sleep: between a look and the sleep nothing gets lost. */
	async sleep(ms: number, signal: AbortSignal): Promise<void> {
		try {
			await this.#clock.delay(ms, AbortSignal.any([signal, this.#wake.signal]));
		} catch (error) {
			if (!isCancellation(error)) throw error;
		}
		if (this.#wake.signal.aborted) this.#wake = new AbortController();
	}

	wake(): void {
		this.#wake.abort();
	}

	/** Resolves as soon as the condition holds when `recheck` is called; at once when it holds now. */
	until(condition: () => boolean): Promise<void> {
		if (condition()) return Promise.resolve();
		return new Promise((resolve) => {
			const check = () => {
				if (!condition()) return;
				this.#waiters.delete(check);
				resolve();
			};
			this.#waiters.add(check);
		});
	}

	recheck(): void {
		for (const check of [...this.#waiters]) check();
	}
}
