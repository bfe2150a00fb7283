import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverseFrequency, termSaturation } from '#core/domain/bm25';
import { toLexicalVector } from '#core/domain/lexicalVector';
import { countsOf, lengthOf, toSparse, toSparseQuery } from '#core/store/qdrant/sparseVectors';
import { recorded } from '../../../../support/recordedQdrant.ts';

describe('sparse vectors of a Qdrant server', () => {
	test('hold what BM25 multiplies with idf', () => {
		const vector = toLexicalVector(['parse', 'parse', 'tree']);
		const { indices, values } = toSparse(vector, 110);
		expect(indices).toEqual([...vector.hashes]);
		for (const [i, count] of vector.counts.entries()) expect(values[i]).toBeCloseTo(termSaturation(count, 3, 110), 10);
	});

	test('give their counts back, through the numbers of a server', () => {
		const counts = fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 60 });
		void fc.assert(
			fc.property(counts, (given) => {
				const vector = { hashes: Uint32Array.from(given.keys()), counts: Uint16Array.from(given) };
				const length = lengthOf(vector.counts);
				const { indices, values } = toSparse(vector, 110);
				expect(countsOf({ indices, values: [...Float32Array.from(values)] }, length, 110)).toEqual(given);
			}),
		);
	});

	test('a query names each term once', () => {
		expect(
			toSparseQuery({
				field: 'text',
				terms: [
					{ hash: 7, weight: 1 },
					{ hash: 9, weight: 2 },
					{ hash: 7, weight: 1 },
				],
			}),
		).toEqual({ indices: [7, 9], values: [2, 2] });
	});

	test('a server’s idf is ours', () => {
		// Twelve points with weight 1 in one shard: term 1 is in all of them.
		const { responseBody } = recorded('shards 1 idf common term');
		const { points } = (responseBody as { readonly result: { readonly points: readonly { readonly score: number }[] } }).result;
		expect(points[0]?.score).toBeCloseTo(inverseFrequency(12, 12), 2);
	});
});
