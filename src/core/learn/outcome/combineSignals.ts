import type { OutcomeEstimate, Signal, SignalKind } from '#core/domain/outcome';
import type { Settings } from '#core/settings';

/** From here on an outcome is a success, and down to here it is a failure; between them it is partial. */
const SUCCESS = 0.7;
const FAILURE = 0.3;
/** Signals of one kind count together for no more than so many of them, whatever their number. */
const MOST_OF_A_KIND = 1.5;
/** What an agent says of an answer, its own perhaps, weighs this share of what the user and the editor say. */
export const AGENT_SHARE = 0.3;

/**
 * P(success) of an interaction: evidence adds up in log-odds, `Σ over kinds of weight × Σ value`, the inner sum limited to ±1.5, over even
 * odds. Of signals with the same kind, source and subject only the newest counts, so a changed mind replaces and a flood adds nothing.
 * Everything that agents report is limited together, below what a single thumb of the user weighs. Files that were edited say which were right,
 * not how good the answer was: see `editedFiles`. The order of `signals` does not matter.
 */
export function combineSignals(signals: readonly Signal[], weights: Settings['learning']['weights']): OutcomeEstimate {
	const heard = newestOf(signals.filter(({ kind }) => kind !== 'edited-after'));
	const ofUser = heard.filter(({ source }) => !isAgent(source));
	const ofAgents = heard.filter(({ source }) => isAgent(source));
	const logOdds = sumByKind(ofUser, weights) + AGENT_SHARE * limit(sumByKind(ofAgents, weights), weights.thumbs);
	const probability = 1 / (1 + Math.exp(-logOdds));
	const thumb = ofUser.filter(({ kind }) => kind === 'thumbs').reduce<Signal | undefined>((last, signal) => (last && isAfter(last, signal) ? last : signal), undefined);
	return {
		label: heard.length === 0 ? null : probability >= SUCCESS ? 'success' : probability <= FAILURE ? 'failure' : 'partial',
		probability,
		isConfirmed: ofUser.length > 0,
		userFeedback: thumb === undefined || thumb.value === 0 ? 0 : thumb.value > 0 ? 1 : -1,
	};
}

/** Of signals with the same kind, source and subject the newest. */
export function newestOf(signals: readonly Signal[]): Signal[] {
	const newest = new Map<string, Signal>();
	for (const signal of signals) {
		const key = `${signal.kind}\n${signal.source}\n${signal.subject ?? ''}`;
		const known = newest.get(key);
		if (!known || isAfter(signal, known)) newest.set(key, signal);
	}
	return [...newest.values()];
}

export function isAgent(source: string): boolean {
	return source.startsWith('agent:');
}

function sumByKind(signals: readonly Signal[], weights: Settings['learning']['weights']): number {
	const sums = new Map<SignalKind, number>();
	for (const { kind, value } of signals) sums.set(kind, (sums.get(kind) ?? 0) + limit(value, 1));
	return [...sums].reduce((total, [kind, sum]) => total + weights[kind] * limit(sum, MOST_OF_A_KIND), 0);
}

/** Newer by time; at the same time by id, so that every process decides alike. */
function isAfter(a: Signal, b: Signal): boolean {
	return a.timeMs > b.timeMs || (a.timeMs === b.timeMs && a.id > b.id);
}

function limit(value: number, most: number): number {
	return Math.max(-most, Math.min(most, Number.isFinite(value) ? value : 0));
}
