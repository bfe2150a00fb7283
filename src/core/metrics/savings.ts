import type { LocalSavings, PriceUsed } from '#core/domain/spending';
import type { LedgerRow } from './ledger.ts';

/**
 * The first counterfactual. Pure; the rows may come in any order, and must hold whole interactions. A question counts once, with its last
 * good answer; an answer whose question was asked again on another model (`retryOf`) did not do: it saves nothing and its cost is taken off.
 */
export function localSavings(rows: readonly LedgerRow[]): LocalSavings {
	const retried = new Set(rows.flatMap(({ retryOf }) => (retryOf === null ? [] : [retryOf])));
	const finals = new Map<string, LedgerRow>();
	for (const row of rows) {
		if (row.purpose !== 'answer' || row.result !== 'ok' || retried.has(row.interactionId)) continue;
		const known = finals.get(row.interactionId);
		if (!known || row.timeMs >= known.timeMs) finals.set(row.interactionId, row);
	}
	const isLocal = (row: LedgerRow) => !row.isRemote || row.isCacheHit;
	const local = [...finals.values()].filter(isLocal);
	const finalIds = new Set([...finals.values()].map(({ id }) => id));
	const failedTries = rows.filter((row) => row.purpose === 'answer' && !row.isRemote && !finalIds.has(row.id));
	const compressions = rows.filter(({ purpose }) => purpose === 'compression');
	const counterfactual = (isCacheHit: boolean) => sum(local.filter((row) => row.isCacheHit === isCacheHit).map(({ counterfactualUsd }) => counterfactualUsd ?? 0));
	const cost = (spent: readonly LedgerRow[]) => 0 - sum(spent.map(({ costUsd }) => costUsd ?? 0));
	const terms: LocalSavings['terms'] = [
		{ code: 'local-answers', usd: counterfactual(false) },
		{ code: 'repeated-answers', usd: counterfactual(true) },
		{ code: 'cost-of-answers', usd: cost(local) },
		{ code: 'failed-local-tries', usd: cost(failedTries) },
		{ code: 'compression', usd: cost(compressions) },
	];
	return savingsOf({
		terms,
		unknownAnswers: local.filter(({ counterfactualUsd }) => counterfactualUsd === null).length,
		unknownCosts: [...local, ...failedTries, ...compressions].filter(({ costUsd }) => costUsd === null).length,
		prices: pricesOf(local),
		answered: finals.size,
		answeredLocally: local.length,
	});
}

/** The savings that parts add up to, for who has added up the rows elsewhere. */
export function savingsOf(parts: Pick<LocalSavings, 'terms' | 'unknownAnswers' | 'unknownCosts' | 'prices' | 'answered' | 'answeredLocally'>): LocalSavings {
	const { terms, answered, answeredLocally, prices } = parts;
	return {
		formula: 'counterfactual-minus-costs',
		...parts,
		savedUsd: sum(terms.map(({ usd }) => usd)),
		prices: joinPrices(prices),
		localShare: answered === 0 ? null : answeredLocally / answered,
	};
}

/**
 * The savings of two sets of whole interactions, of which neither has a call of the other's, together: a total can be kept and the day added to it.
 */
export function addSavings(a: LocalSavings, b: LocalSavings): LocalSavings {
	return savingsOf({
		terms: a.terms.map(({ code, usd }, index) => ({ code, usd: sum([usd, b.terms[index]?.usd ?? 0]) })),
		unknownAnswers: a.unknownAnswers + b.unknownAnswers,
		unknownCosts: a.unknownCosts + b.unknownCosts,
		prices: [...a.prices, ...b.prices],
		answered: a.answered + b.answered,
		answeredLocally: a.answeredLocally + b.answeredLocally,
	});
}

function pricesOf(rows: readonly LedgerRow[]): PriceUsed[] {
	return joinPrices(
		rows.flatMap(({ counterfactualUsd, counterfactualModelId: modelId, counterfactualPriceAsOf: asOf }) =>
			counterfactualUsd === null ? [] : [{ modelId, asOf, answers: 1 }],
		),
	);
}

/** One entry for each model and date, most answers first, then the newest. */
function joinPrices(used: readonly PriceUsed[]): PriceUsed[] {
	const prices = new Map<string, PriceUsed>();
	for (const price of used) {
		const key = JSON.stringify([price.modelId, price.asOf]);
		prices.set(key, { ...price, answers: price.answers + (prices.get(key)?.answers ?? 0) });
	}
	const rankOf = ({ modelId, asOf }: PriceUsed) => `${asOf} ${modelId}`;
	return [...prices.values()].sort((a, b) => b.answers - a.answers || (rankOf(a) < rankOf(b) ? 1 : -1));
}

/** In nano-dollars, as the ledger keeps them, so that the order does not matter. */
function sum(usd: readonly number[]): number {
	return usd.reduce((total, value) => total + Math.round(value * 1e9), 0) / 1e9;
}
