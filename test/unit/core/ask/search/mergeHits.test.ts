import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeHits } from '#core/ask/search/mergeHits';
import { hit } from '../../../../support/hits.ts';

describe('neighbouring hits', () => {
	test('become one piece with the better score and the best relevance', () => {
		const [piece, ...rest] = mergeHits([hit(4, { score: 2, relevance: 0.4, symbol: 'f' }), hit(1, { relevance: 0.9 })]);
		expect(rest).toEqual([]);
		expect(piece).toMatchObject({ startLine: 1, endLine: 6, score: 2, relevance: 0.9, symbol: 'f', ids: ['id1', 'id4'] });
		expect(piece?.text).toBe('line 1\nline 2\nline 3\nline 4\nline 5\nline 6');
	});

	test('keep the empty lines between them, and stay apart over a wider gap, in other files and in other folders', () => {
		expect(mergeHits([hit(1), hit(6)])[0]?.text).toBe('line 1\nline 2\nline 3\n\n\nline 6\nline 7\nline 8');
		expect(mergeHits([hit(1), hit(7)])).toHaveLength(2);
		expect(mergeHits([hit(1), hit(4, { filePath: 'src/b.ts' }), hit(4, { workspaceId: 'w2' })])).toHaveLength(3);
	});

	test('never overlap, lose no chunk, and come best first', () => {
		const chunks = fc.uniqueArray(fc.record({ at: fc.nat(60), file: fc.constantFrom('a', 'b'), score: fc.nat(9) }), {
			selector: ({ at, file }) => `${file}${at}`,
			maxLength: 40,
		});
		fc.assert(
			fc.property(chunks, (list) => {
				const hits = list.map(({ at, file, score }) => hit(at * 3 + 1, { filePath: file, score, ids: [`${file}${at}`] }));
				const merged = mergeHits(hits);
				expect(merged.flatMap(({ ids }) => ids).sort()).toEqual(hits.flatMap(({ ids }) => ids).sort());
				expect(merged.map(({ score }) => score)).toEqual(merged.map(({ score }) => score).sort((a, b) => b - a));
				for (const piece of merged) {
					expect(piece.text.split('\n')).toHaveLength(piece.endLine - piece.startLine + 1);
					for (const other of merged) {
						if (other !== piece && other.filePath === piece.filePath) expect(other.endLine < piece.startLine || other.startLine > piece.endLine).toBe(true);
					}
				}
			}),
		);
	});
});
