import { CoordinatorError } from '#core/base/errors';

interface Waiting {
	readonly start: () => void;
	readonly onPosition: (position: number) => void;
}

/** Lets so many through at a time, the rest in order; each learns its place whenever that changes. */
export class ModelQueue {
	readonly #waiting: Waiting[] = [];
	readonly #limit: number;
	#running = 0;

	/** `limit` is Infinity where nothing need wait. */
	constructor(limit: number) {
		this.#limit = limit;
	}

	get queued(): number {
		return this.#waiting.length;
	}

	get running(): number {
		return this.#running;
	}

	/**
	 * Resolves with the release of a place when one is free; call it once, whatever happens. `onPosition` gets how many are to be served before
	 * this one's turn, itself included, while it waits, and 0 when it is let through after a wait. Rejects with `cancelled`, and is forgotten.
	 */
	async enter(onPosition: (position: number) => void, signal?: AbortSignal): Promise<() => void> {
		if (signal?.aborted) throw cancelled(signal);
		if (this.#running >= this.#limit) {
			await new Promise<void>((resolve, reject) => {
				const leave = () => {
					const index = this.#waiting.indexOf(entry);
					if (index < 0) return;
					this.#waiting.splice(index, 1);
					reject(cancelled(signal));
					this.#tell();
				};
				const start = () => {
					signal?.removeEventListener('abort', leave);
					resolve();
				};
				const entry: Waiting = { start, onPosition };
				this.#waiting.push(entry);
				signal?.addEventListener('abort', leave, { once: true });
				onPosition(this.#waiting.length);
			});
			onPosition(0);
		} else this.#running++;
		let isReleased = false;
		return () => {
			if (isReleased) return;
			isReleased = true;
			// The place goes over to the next without being free in between, so nobody can slip in.
			const next = this.#waiting.shift();
			if (!next) this.#running--;
			else {
				next.start();
				this.#tell();
			}
		};
	}

	#tell(): void {
		for (const [index, { onPosition }] of this.#waiting.entries()) onPosition(index + 1);
	}
}

function cancelled(signal: AbortSignal | undefined): CoordinatorError {
	return new CoordinatorError('cancelled', 'The request was cancelled while it waited.', { cause: signal?.reason });
}
