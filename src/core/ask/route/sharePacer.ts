/** Decisions whose gains say what is a usual gain. */
const WINDOW = 200;
/** Before so many, nothing is usual, and chance decides. */
const ENOUGH = 10;

/**
 * Spends a share of remote calls where they gain most: a question goes remote when its gain is among the highest of late. The threshold gives
 * way as the share spent falls behind or runs ahead.
 */
export class SharePacer {
	readonly #random: () => number;
	readonly #recent: number[] = [];
	#decisions = 0;
	#remote = 0;

	constructor(random: () => number) {
		this.#random = random;
	}

	/** `gain`: what a remote answer is expected to be worth above a local one. `share`: 0 to 1, of all decisions made here. */
	isWorthIt(gain: number, share: number): boolean {
		const isRemote = this.#decide(gain, share);
		this.#recent.push(gain);
		if (this.#recent.length > WINDOW) this.#recent.shift();
		this.#decisions++;
		if (isRemote) this.#remote++;
		return isRemote;
	}

	reset(): void {
		this.#recent.length = 0;
		this.#decisions = 0;
		this.#remote = 0;
	}

	#decide(gain: number, share: number): boolean {
		if (share <= 0) return false;
		if (share >= 1) return true;
		if (this.#recent.length < ENOUGH) return this.#random() < share;
		const ahead = this.#remote / this.#decisions - share;
		const quantile = Math.min(0.999, Math.max(0, 1 - share + ahead));
		const sorted = this.#recent.toSorted((a, b) => a - b);
		const threshold = sorted[Math.floor(quantile * sorted.length)] ?? 0;
		// Questions that look all alike have one gain: chance spreads the share over them.
		return gain > threshold || (gain === threshold && this.#random() < share);
	}
}
