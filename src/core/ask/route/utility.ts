import type { RouteCandidate } from './candidates.ts';

/** What a call of unknown price is presumed to cost, in US dollars, so that it is not taken for free. */
const PRESUMED_USD = 0.02;
/** Seconds of waiting that are worth as much as one in a hundred of success. */
const SECONDS_PER_HUNDREDTH = 10;
/** Head start of models of this machine where the user prefers them. */
const HOME_ADVANTAGE = 0.05;

export interface UtilitySettings {
	/** US dollars that a good answer is worth. */
	readonly answerValueUsd: number;
	readonly preferLocal: boolean;
}

/** P(success) less what the answer costs in money and waiting, as shares of what a good answer is worth. */
export function utilityOf({ model, successProbability, costUsd }: RouteCandidate, settings: UtilitySettings): number {
	const cost = (costUsd ?? (model.isRemote ? PRESUMED_USD : 0)) / settings.answerValueUsd;
	const waiting = (model.latencyMs ?? 0) / 1000 / SECONDS_PER_HUNDREDTH / 100;
	return successProbability - cost - waiting + (settings.preferLocal && !model.isRemote ? HOME_ADVANTAGE : 0);
}

/** The candidate of the highest utility; of equal ones the first. */
export function bestOf(candidates: readonly RouteCandidate[], settings: UtilitySettings): RouteCandidate | undefined {
	let best: RouteCandidate | undefined;
	let most = Number.NEGATIVE_INFINITY;
	for (const candidate of candidates) {
		const utility = utilityOf(candidate, settings);
		if (utility > most) [best, most] = [candidate, utility];
	}
	return best;
}
