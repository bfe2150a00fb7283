import { describe, expect, it } from 'vitest';
import { augmentationEffect, isControlQuestion, MINIMUM_QUESTIONS } from '#core/metrics/controlShare';
import { ledgerRow } from '../../../support/ledgerRows.ts';

/** Questions with these tokens each. */
const questions = (name: string, isControl: boolean, tokens: readonly number[]) =>
	tokens.map((inputTokens, index) => ledgerRow(`${name}${index}`, { isControl, inputTokens, outputTokens: 0 }));
const around = (mean: number, count: number) => Array.from({ length: count }, (_, i) => mean + (i % 2 === 0 ? 10 : -10));

describe('the effect of augmentation', () => {
	it('is not given before both sides have enough questions', () => {
		const few = [...questions('c', true, around(500, MINIMUM_QUESTIONS - 1)), ...questions('a', false, around(300, 900))];
		expect(augmentationEffect(few)).toEqual({
			formula: 'mean-tokens-of-controls-minus-mean-tokens-of-augmented',
			status: 'not-enough-yet',
			minimum: MINIMUM_QUESTIONS,
			controls: 29,
			augmented: 900,
		});
		expect(augmentationEffect([])).toMatchObject({ status: 'not-enough-yet', controls: 0, augmented: 0 });
	});

	it('is the difference of the means, with Welch’s interval', () => {
		const effect = augmentationEffect([...questions('c', true, around(500, 30)), ...questions('a', false, around(300, 100))]);
		expect(effect).toMatchObject({ status: 'measured', controls: 30, augmented: 100, savedTokensPerQuestion: 200, savedTokens: 20_000, isClear: true });
		if (effect.status !== 'measured') throw new Error('not measured');
		// Variances of the means 100·30/29/30 and 100·100/99/100; 46.6 degrees of freedom; t = 2.0122.
		expect(effect.interval.high - 200).toBeCloseTo(2.0122 * Math.sqrt(100 / 29 + 100 / 99), 2);
		expect(200 - effect.interval.low).toBeCloseTo(effect.interval.high - 200, 9);
	});

	it('says when it may be chance, and when augmentation took more', () => {
		const wide = (mean: number) => Array.from({ length: 40 }, (_, i) => mean + (i % 2 === 0 ? 400 : -400));
		expect(augmentationEffect([...questions('c', true, wide(500)), ...questions('a', false, wide(480))])).toMatchObject({ isClear: false });
		expect(augmentationEffect([...questions('c', true, around(300, 40)), ...questions('a', false, around(900, 40))])).toMatchObject({
			savedTokensPerQuestion: -600,
			isClear: true,
		});
	});

	it('counts all calls of a question together, and leaves out what was not answered or was stored', () => {
		const rows = [
			...questions('c', true, around(500, 30)),
			...questions('a', false, around(300, 30)),
			...questions('a', false, around(300, 30)).map((row) => ({ ...row, id: `x${row.id}`, purpose: 'compression' as const, inputTokens: 50 })),
			ledgerRow('failed', { result: 'failed', inputTokens: 90_000 }),
			ledgerRow('stored', { isCacheHit: true, inputTokens: 0 }),
			ledgerRow('pattern', { purpose: 'pattern', inputTokens: 90_000 }),
		];
		expect(augmentationEffect(rows)).toMatchObject({ controls: 30, augmented: 30, savedTokensPerQuestion: 150 });
	});
});

describe('the control share', () => {
	const ids = Array.from({ length: 20_000 }, (_, i) => `${i.toString(16).padStart(8, '0')}-0000-4000-8000-${(i * 7919).toString(16).padStart(12, '0')}`);

	it('is as large as it was set, from none to all', () => {
		for (const share of [0, 0.02, 0.5, 1]) {
			const drawn = ids.filter((id) => isControlQuestion(id, share)).length / ids.length;
			expect(Math.abs(drawn - share), `${share}`).toBeLessThanOrEqual(4 * Math.sqrt((share * (1 - share)) / ids.length));
		}
	});

	it('draws a question the same way every time', () => {
		for (const id of ids.slice(0, 100)) expect(isControlQuestion(id, 0.5)).toBe(isControlQuestion(id, 0.5));
	});
});
