/** Dollars for a million tokens. */
export interface TokenPrice {
	readonly inputUsdPerMillion: number;
	readonly outputUsdPerMillion: number;
}

/** What tokens cost at a price, in dollars; null, never 0, where the price is unknown. */
export function callCost(tokens: { readonly inputTokens: number; readonly outputTokens: number }, price: TokenPrice | null): number | null {
	if (!price) return null;
	const cost = (tokens.inputTokens * price.inputUsdPerMillion + tokens.outputTokens * price.outputUsdPerMillion) / 1e6;
	return Number.isFinite(cost) && cost >= 0 ? cost : null;
}
