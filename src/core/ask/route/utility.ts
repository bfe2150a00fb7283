import { isKnown, type RouteCandidate } from './candidates.ts';
import { capabilityOf } from './priorSuccess.ts';

/** What a call of unknown price is presumed to cost, in US dollars, so that it is not taken for free. */
const PRESUMED_USD = 0.02;
/** Seconds of waiting that are worth as much as one in a hundred of success. */
const SECONDS_PER_HUNDREDTH = 10;
/** Head start of models of this machine where the user prefers them. */
const HOME_ADVANTAGE = 0.05;
/** What capability is worth on a question that all are presumed to answer, as in `priorSuccess`. */
const SIZE_GAIN = 0.1;

export interface UtilitySettings {
	/** US dollars that a good answer is worth. */
	readonly answerValueUsd: number;
	readonly preferLocal: boolean;
}

/** P(success) less what the answer costs in money and waiting, as shares of what a good answer is worth. */
export function utilityOf(
	{
		model,
		successProbability,
		costUsd,
	}: Pick<RouteCandidate, 'successProbability' | 'costUsd'> & { readonly model: Pick<RouteCandidate['model'], 'isRemote' | 'latencyMs'> },
	settings: UtilitySettings,
): number {
	const cost = (costUsd ?? (model.isRemote ? PRESUMED_USD : 0)) / settings.answerValueUsd;
	const waiting = (model.latencyMs ?? 0) / 1000 / SECONDS_PER_HUNDREDTH / 100;
	return successProbability - cost - waiting + (settings.preferLocal && !model.isRemote ? HOME_ADVANTAGE : 0);
}

/**
 * The candidate of the highest utility; of equal ones the first. Of two at the same place and price that have no record, the smaller one is not
 * presumed to do better: what is presumed says how much a larger one gains, and is no comparison of two that cost the same.
 */
export function bestOf(candidates: readonly RouteCandidate[], settings: UtilitySettings): RouteCandidate | undefined {
	let best: RouteCandidate | undefined;
	let most = Number.NEGATIVE_INFINITY;
	for (const candidate of candidates) {
		const utility = utilityOf({ ...candidate, successProbability: atLeastAsSmaller(candidate, candidates) }, settings);
		if (utility > most) [best, most] = [candidate, utility];
	}
	return best;
}

/** A candidate's success, raised above that of smaller ones of the same place and price where nothing but their sizes is known. */
function atLeastAsSmaller(candidate: RouteCandidate, candidates: readonly RouteCandidate[]): number {
	if (isKnown(candidate)) return candidate.successProbability;
	const capability = capabilityOf(candidate.model);
	const isLike = (other: RouteCandidate) => !isKnown(other) && other.model.isRemote === candidate.model.isRemote && other.costUsd === candidate.costUsd;
	return candidates.filter(isLike).reduce((most, { model, successProbability }) => {
		const gain = capability - capabilityOf(model);
		return gain > 0 ? Math.max(most, successProbability + SIZE_GAIN * gain) : most;
	}, candidate.successProbability);
}
