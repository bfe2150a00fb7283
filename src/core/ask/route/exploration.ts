import type { RouteCandidate } from './candidates.ts';
import { bestOf, type UtilitySettings, utilityOf } from './utility.ts';

/** How much a model's uncertainty speaks for trying it. */
const CURIOSITY = 1.5;
/** Utility below the best at which a model is not worth a try even so. */
const TOO_BAD = 0.6;

/**
 * Tries, on a bounded share of the questions, a model that does not look best: only chosen models show how they do, so one with an unlucky
 * start would else never be chosen again.
 */
export class Exploration {
	readonly #random: () => number;
	#decisions = 0;
	#explored = 0;

	constructor(random: () => number) {
		this.#random = random;
	}

	/**
	 * The model to try instead of `chosen`, or null. Of all decisions asked about, at most `share` (0 to 1) get one, at any moment: the first
	 * is due after 1 / share of them.
	 */
	instead(chosen: RouteCandidate, candidates: readonly RouteCandidate[], share: number, settings: UtilitySettings): RouteCandidate | null {
		this.#decisions++;
		const allowed = share * this.#decisions - this.#explored;
		if (share <= 0 || allowed < 1) return null;
		// As the allowance is used at random moments, no kind of question can hide in the rhythm.
		if (this.#random() >= Math.max(share, 0.2)) return null;
		const least = utilityOf(chosen, settings) - TOO_BAD;
		const others = candidates.filter((candidate) => candidate !== chosen && utilityOf(candidate, settings) >= least);
		const raised = others.map((candidate) => ({
			...candidate,
			successProbability: candidate.successProbability + CURIOSITY * candidate.uncertainty,
		}));
		const best = bestOf(raised, settings);
		const other = best && others[raised.indexOf(best)];
		if (!other) return null;
		this.#explored++;
		return other;
	}

	reset(): void {
		this.#decisions = 0;
		this.#explored = 0;
	}
}
