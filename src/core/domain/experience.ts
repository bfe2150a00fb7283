/** Evidence about a place or an item: how well it went, how much that counts, and when it was. */
export interface Evidence {
	/** 0…1. */
	readonly success: number;
	/** 0…1. */
	readonly weight: number;
	/** Milliseconds since 1970. */
	readonly timeMs: number;
	/** False where agents alone were heard: all such evidence together counts for little. Absent: true. */
	readonly isConfirmed?: boolean;
}

export interface SuccessRate {
	/** Mean of the Beta distribution, 0…1; 0.5 where nothing is known. */
	readonly rate: number;
	/** Weight of the evidence as it counts now: 0 where there is none. */
	readonly evidence: number;
}

const DAY_MS = 86_400_000;
/** Most that evidence of agents alone weighs together, however much there is of it: less than one thumb of the user. */
const MOST_UNCONFIRMED = 0.5;

/**
 * A decayed Beta estimate: every piece of evidence adds `weight × success` to one side and the rest to the other, halved with each half-life
 * that has passed, over one pseudo-count a side. Evidence from the future (a clock that jumped) counts as if it were of now, and that of agents
 * alone for half a piece together at most.
 */
export function decayedSuccessRate(evidence: readonly Evidence[], nowMs: number, halfLifeDays: number): SuccessRate {
	const sumOf = (isTrusted: boolean) => {
		let [successes, total] = [0, 0];
		for (const { success, weight, timeMs, isConfirmed = true } of evidence) {
			if (isConfirmed !== isTrusted) continue;
			const counted = weight * 2 ** (-Math.max(0, nowMs - timeMs) / (halfLifeDays * DAY_MS));
			successes += counted * success;
			total += counted;
		}
		return { successes, total };
	};
	const [confirmed, claimed] = [sumOf(true), sumOf(false)];
	const share = Math.min(1, MOST_UNCONFIRMED / Math.max(claimed.total, MOST_UNCONFIRMED));
	const total = confirmed.total + share * claimed.total;
	return { rate: (1 + confirmed.successes + share * claimed.successes) / (2 + total), evidence: total };
}
