import { describe, expect, test } from 'vitest';
import { fuseLists, planSearch } from '#core/store/qdrant/qdrantSearch';
import { recorded } from '../../../../support/recordedQdrant.ts';

const ABILITIES = { hasDense: true, hasStatic: false, canFuse: true };
const DENSE = { vector: Float32Array.of(0.75, 1.05) };
const LEXICAL = { field: 'text', terms: [{ hash: 1, weight: 1 }] } as const;
const FILTER = { must: [] };
interface Answer {
	readonly result: { readonly points: readonly { readonly id: string; readonly score: number }[] };
}
const pointsOf = (name: string) => (recorded(name).responseBody as Answer).result.points;

describe('searches of a Qdrant server', () => {
	test('one ranking is one query', () => {
		const plan = planSearch({ lexical: [LEXICAL], limit: 4 }, FILTER, ABILITIES);
		expect(plan).toMatchObject({ kind: 'query', query: { query: { indices: [1], values: [1] }, using: 'text', limit: 4 } });
	});

	test('rankings of equal weight are fused by the server, with the filter in each', () => {
		const plan = planSearch({ dense: { ...DENSE, weight: 2 }, lexical: [{ ...LEXICAL, weight: 2 }], limit: 4 }, FILTER, ABILITIES);
		expect(plan).toMatchObject({
			kind: 'query',
			scale: 2,
			query: {
				query: { rrf: { k: 61 } },
				prefetch: [
					{ using: 'dense', filter: FILTER },
					{ using: 'text', filter: FILTER },
				],
			},
		});
	});

	test('others, and those of a server that cannot, are fused here', () => {
		expect(planSearch({ dense: { ...DENSE, weight: 2 }, lexical: [LEXICAL], limit: 4 }, FILTER, ABILITIES)).toMatchObject({ kind: 'fuse', weights: [2, 1], k: 60 });
		expect(planSearch({ dense: DENSE, lexical: [LEXICAL], limit: 4 }, FILTER, { ...ABILITIES, canFuse: false })).toMatchObject({ kind: 'fuse', weights: [1, 1] });
	});

	test('what a server or a question has not is not asked for', () => {
		expect(planSearch({ dense: DENSE, limit: 4 }, FILTER, { ...ABILITIES, hasDense: false })).toEqual({ kind: 'nothing' });
		expect(planSearch({ lexical: [{ field: 'text', terms: [] }], limit: 4 }, FILTER, ABILITIES)).toEqual({ kind: 'nothing' });
	});

	test('a server’s fused scores are ours for its constant less one', () => {
		// Its lists are those of the two single queries, five deep each.
		const best = pointsOf('fusion rrf k 60');
		const both = best[0];
		expect(both?.score).toBeCloseTo(
			fuseLists(
				[
					[{ id: 'x', score: 9 }],
					[
						{ id: 'y', score: 8 },
						{ id: 'x', score: 7 },
					],
				],
				[1, 1],
				59,
			).find(({ id }) => id === 'x')?.score ?? 0,
			7,
		);
		expect(pointsOf('fusion rrf')[1]?.score).toBe(fuseLists([[{ id: 'x', score: 1 }]], [1], 1)[0]?.score);
	});
});
