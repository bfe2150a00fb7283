import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitBudget } from '#extension/agents/toolText';

const countTokens = async (text: string) => Math.ceil(text.length / 4);

test('a result never exceeds its budget, keeps the best parts whole, and says how many it leaves out', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.string({ maxLength: 400 }), { minLength: 1, maxLength: 12 }), fc.integer({ min: 20, max: 600 }), async (parts, tokenBudget) => {
			const text = await fitBudget(parts, { tokenBudget, countTokens });
			expect(await countTokens(text)).toBeLessThanOrEqual(tokenBudget);
			const whole = parts.join('\n\n');
			if ((await countTokens(whole)) <= tokenBudget) expect(text).toBe(whole);
		}),
	);
	expect(await fitBudget(['first', 'x'.repeat(400), 'third'], { tokenBudget: 20, countTokens })).toBe('first\n\n(2 more left out: ask more precisely.)');
	expect((await fitBudget(['x'.repeat(400), 'second'], { tokenBudget: 30, countTokens })).endsWith('…\n\n(1 more left out: ask more precisely.)')).toBe(true);
	expect((await fitBudget(['x'.repeat(20_000)], undefined)).length).toBeLessThanOrEqual(12_000);
});
