import { expect, it } from 'vitest';
import { callCost } from '#core/metrics/callCost';

it('a call costs its tokens at the price, and an unknown or malformed price says nothing', () => {
	const tokens = { inputTokens: 2_000, outputTokens: 500 };
	expect(callCost(tokens, { inputUsdPerMillion: 3, outputUsdPerMillion: 15 })).toBeCloseTo(0.0135, 12);
	expect(callCost(tokens, { inputUsdPerMillion: 0, outputUsdPerMillion: 0 })).toBe(0);
	expect(callCost(tokens, null)).toBeNull();
	expect(callCost(tokens, { inputUsdPerMillion: Number.NaN, outputUsdPerMillion: 1 })).toBeNull();
	expect(callCost(tokens, { inputUsdPerMillion: -3, outputUsdPerMillion: 0 })).toBeNull();
});
