/** Calls whose figures count: enough for a median, few enough to follow a change. */
const KEPT = 9;
/** Answers shorter than this say little of the speed. */
const MIN_TOKENS = 4;

/** Latency and speed of an endpoint's last calls. */
export class CallFigures {
	readonly #firstTokens: number[] = [];
	readonly #speeds: number[] = [];

	/** Median of the last calls in milliseconds; null before the first. */
	get firstTokenMs(): number | null {
		return median(this.#firstTokens);
	}

	/** Median of the last calls; null before one long enough. */
	get tokensPerSecond(): number | null {
		return median(this.#speeds);
	}

	/** Times are a clock's, in milliseconds. A clock that jumped back gives no figure. */
	start(startMs: number): { first(nowMs: number): void; end(nowMs: number, outputTokens: number): void } {
		let firstMs: number | undefined;
		return {
			first: (nowMs) => {
				firstMs = nowMs;
				if (nowMs >= startMs) keep(this.#firstTokens, nowMs - startMs);
			},
			end: (nowMs, outputTokens) => {
				if (firstMs !== undefined && nowMs > firstMs && outputTokens >= MIN_TOKENS) keep(this.#speeds, (outputTokens - 1) / ((nowMs - firstMs) / 1_000));
			},
		};
	}
}

function keep(values: number[], value: number): void {
	values.push(value);
	if (values.length > KEPT) values.shift();
}

function median(values: readonly number[]): number | null {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle];
	if (upper === undefined) return null;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
