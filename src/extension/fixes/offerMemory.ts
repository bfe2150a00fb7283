/** States that are remembered; the oldest goes first. */
const KEPT = 50;

interface Remembered<T> {
	timeMs: number;
	/** What was answered last; null while nothing was. */
	last: readonly T[] | null;
	asked: Promise<readonly T[]> | null;
}

/** What was offered for the states of files, so that the same state is offered the same, however late an answer comes. */
export class OfferMemory<T> {
	readonly #states = new Map<string, Remembered<T>>();
	readonly #freshMs: number;
	readonly #nowMs: () => number;

	constructor(options: { readonly freshMs: number; readonly nowMs: () => number }) {
		this.#freshMs = options.freshMs;
		this.#nowMs = options.nowMs;
	}

	/** Never rejects. Asks once at a time, and not again for `freshMs`; when `late` is first, or asking fails, gives what was answered before, else nothing. */
	async offers(state: string, { ask, late }: { readonly ask: () => Promise<readonly T[]>; readonly late: Promise<void> }): Promise<readonly T[]> {
		const known = this.#remember(state);
		if (!known.asked && (known.last === null || this.#nowMs() - known.timeMs >= this.#freshMs)) this.#ask(known, ask);
		if (known.asked) await Promise.race([known.asked, late]);
		return known.last ?? [];
	}

	/** Forgets everything: what is known has changed. */
	clear(): void {
		this.#states.clear();
	}

	#ask(known: Remembered<T>, ask: () => Promise<readonly T[]>): void {
		const asked = ask()
			.then((offers) => {
				known.last = offers;
				known.timeMs = this.#nowMs();
				return offers;
			})
			.catch(() => known.last ?? [])
			.finally(() => {
				known.asked = null;
			});
		known.asked = asked;
	}

	#remember(state: string): Remembered<T> {
		const known = this.#states.get(state) ?? { timeMs: 0, last: null, asked: null };
		this.#states.delete(state);
		this.#states.set(state, known);
		const [oldest] = this.#states.keys();
		if (this.#states.size > KEPT && oldest !== undefined) this.#states.delete(oldest);
		return known;
	}
}
