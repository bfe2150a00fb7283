/** Evidence about a place or an item: how well it went, how much that counts, and when it was. */
export interface Evidence {
	/** 0…1. */
	readonly success: number;
	/** 0…1. */
	readonly weight: number;
	/** Milliseconds since 1970. */
	readonly timeMs: number;
}

export interface SuccessRate {
	/** Mean of the Beta distribution, 0…1; 0.5 where nothing is known. */
	readonly rate: number;
	/** Weight of the evidence as it counts now: 0 where there is none. */
	readonly evidence: number;
}

const DAY_MS = 86_400_000;

/**
 * A decayed Beta estimate: every piece of evidence adds `weight × success` to one side and the rest to the other, halved with each half-life
 * that has passed, over one pseudo-count a side. Evidence from the future (a clock that jumped) counts as if it were of now.
 */
export function decayedSuccessRate(evidence: readonly Evidence[], nowMs: number, halfLifeDays: number): SuccessRate {
	let successes = 0;
	let total = 0;
	for (const { success, weight, timeMs } of evidence) {
		const counted = weight * 2 ** (-Math.max(0, nowMs - timeMs) / (halfLifeDays * DAY_MS));
		successes += counted * success;
		total += counted;
	}
	return { rate: (1 + successes) / (2 + total), evidence: total };
}
