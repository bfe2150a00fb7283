import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selectContext } from '#core/ask/augment/selectContext';
import type { Hit } from '#core/domain/hit';
import { hit } from '../../../../support/hits.ts';

const LIMITS = { limit: 2, threshold: 0.7, tokens: 1_000 };
const cost = () => 100;

describe('the context', () => {
	test('is what is relevant, in order, up to the limit', () => {
		const hits = [hit(1), hit(10, { relevance: 0.2 }), hit(20), hit(30)];
		const { chosen, omitted } = selectContext(hits, LIMITS, cost);
		expect(chosen).toEqual([hits[0], hits[2]]);
		expect(omitted).toEqual([hits[3]]);
	});

	test('has the first two pieces, whatever their relevance alone says, unless they are noise', () => {
		const limits = { ...LIMITS, limit: 5 };
		const [first, second, third] = [1, 10, 20].map((line) => hit(line, { relevance: 0.6 })) as [Hit, Hit, Hit];
		expect(selectContext([first, second, third, hit(30)], limits, cost).chosen).toEqual([first, second, hit(30)]);
		expect(selectContext([hit(1, { relevance: 0.2 }), second, third, hit(30)], limits, cost).chosen).toEqual([second, hit(30)]);
	});

	test('passes over what does not fit, for what does', () => {
		const hits = [hit(1), hit(10), hit(20)];
		const { chosen } = selectContext(hits, { ...LIMITS, tokens: 200 }, ({ startLine }) => (startLine === 1 ? 500 : 60));
		expect(chosen).toEqual([hits[1], hits[2]]);
	});

	test('is the best three thin pieces when nothing is relevant, and nothing when all is noise', () => {
		const thin = [0.5, 0.45, 0.4, 0.35].map((relevance, index) => hit(index * 10 + 1, { relevance }));
		expect(selectContext(thin, { ...LIMITS, limit: 5 }, cost).chosen).toEqual(thin.slice(0, 3));
		expect(selectContext([hit(1, { relevance: 0.1 })], LIMITS, cost).chosen).toEqual([]);
	});

	test('never costs more than the budget nor has more pieces than the limit', () => {
		const pieces = fc.array(fc.record({ relevance: fc.double({ min: 0, max: 1, noNaN: true }), cost: fc.nat(800) }), { maxLength: 30 });
		fc.assert(
			fc.property(pieces, fc.nat(8), fc.nat(3_000), (list, limit, tokens) => {
				const costs = new Map(list.map((piece, index) => [`id${index * 10 + 1}`, piece.cost]));
				const costOf = ({ ids }: { readonly ids: readonly string[] }) => costs.get(ids[0] ?? '') ?? 0;
				const { chosen } = selectContext(
					list.map(({ relevance }, index) => hit(index * 10 + 1, { relevance })),
					{ limit, threshold: 0.7, tokens },
					costOf,
				);
				expect(chosen.length).toBeLessThanOrEqual(limit);
				expect(chosen.reduce((sum, piece) => sum + costOf(piece), 0)).toBeLessThanOrEqual(tokens);
			}),
		);
	});
});
