import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toLexicalVector } from '#core/domain/lexicalVector';
import { Postings } from '#core/store/embedded/postings';
import { Segment } from '#core/store/embedded/segment';
import { createVectorMatrix, quantise } from '#core/store/embedded/vectorMatrix';
import { bm25, cosineOf, type ReferenceDocument } from '../../../support/referenceSearch.ts';
import { kernelModule } from '../../../support/stores.ts';

const kernel = await kernelModule();
const NONE = toLexicalVector([]);
const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 }).map(toLexicalVector);
const component = fc.integer({ min: -127, max: 127 });
const vector = fc.array(component, { minLength: 5, maxLength: 5 }).map((values) => Int8Array.from(values));
const step = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant('add' as const),
			row: fc.nat(12),
			file: fc.constantFrom('x', 'y', 'z'),
			terms: words,
			vector,
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('remove' as const),
			row: fc.nat(12),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
);

describe('a segment', () => {
	test('scores as the textbook does, after any adds, replacements and removals', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), words, vector, (steps, asked, wanted) => {
				const segment = new Segment(kernel);
				const documents = new Map<number, ReferenceDocument>();
				for (const action of steps) {
					if (action.kind === 'commit') segment.commit();
					else segment.remove(action.row);
					if (action.kind === 'remove') documents.delete(action.row);
					if (action.kind !== 'add') continue;
					const { row, file, terms } = action;
					segment.add({
						row,
						filePath: file,
						contentHash: `c${row}`,
						lexical: { text: terms, path: NONE, symbol: terms },
						staticVector: null,
						vector: action.vector,
					});
					documents.set(row, { row, file, terms, vector: action.vector });
				}
				segment.commit();
				expect(segment.size).toBe(documents.size);
				const terms = [...asked.hashes].map((hash, i) => ({
					hash,
					weight: asked.counts[i] ?? 0,
				}));

				const expected = bm25(new Map([...documents.values()].map((document) => [String(document.row), [document.terms]])), terms);
				const found = segment.searchLexical({ field: 'text', terms }, 99, null);
				expect(found.map(({ row }) => row).sort()).toEqual([...expected.keys()].map(Number).sort());
				for (const { row, score } of found) expect(score).toBeCloseTo(expected.get(String(row)) ?? Number.NaN, 4);
				expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));

				const files = Map.groupBy(documents.values(), ({ file }) => file);
				const expectedFiles = bm25(new Map([...files].map(([file, members]) => [file, members.map((member) => member.terms)])), terms);
				const foundFiles = segment.searchFiles({ field: 'text', terms }, 99);
				expect(foundFiles.length).toBe(expectedFiles.size);
				for (const { filePath, score } of foundFiles) expect(score).toBeCloseTo(expectedFiles.get(filePath) ?? Number.NaN, 4);

				const dense = segment.searchDense('model', Float32Array.from(wanted), 99, null);
				const length = Math.hypot(...wanted);
				for (const { row, score } of dense) expect(score / (length || 1)).toBeCloseTo(cosineOf(wanted, documents.get(row)?.vector ?? []), 3);
				const searchable = [...documents.values()].filter((document) => document.vector.some((value) => value !== 0)).length;
				expect(dense.length).toBe(length > 0 ? searchable : 0);
			}),
			{ numRuns: 300 },
		);
	});

	test('postings hold the same lists however they were committed, across rebuilds', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 97 }), (batch, stride) => {
				const postings = new Postings();
				const expected = new Map<number, [number, number][]>();
				for (let document = 0; document < 900; document++) {
					const hashes = Uint32Array.of(document % 7, 100 + ((document * stride) % 500), 0xffffff00 + (document % 200));
					const counts = Uint16Array.of(1, (document % 300) + 1, 2);
					postings.add(document, { hashes, counts });
					for (const [i, hash] of hashes.entries()) expected.set(hash, [...(expected.get(hash) ?? []), [document, Math.min(counts[i] ?? 0, 255)]]);
					if (document % batch === 0) postings.commit();
				}
				postings.commit();
				for (const [hash, list] of expected) {
					const parts = postings
						.lists(hash)
						.flatMap(({ documents, counts, length }) => Array.from({ length }, (_, i): [number, number] => [documents[i] ?? -1, counts[i] ?? -1]));
					expect(parts).toEqual(list);
				}
				expect(postings.lists(99)).toEqual([]);
			}),
			{ numRuns: 20 },
		);
	});

	test('the kernel gives the dot products that plain code gives', () => {
		const memory = new WebAssembly.Memory({ initial: 4 });
		const dots = new WebAssembly.Instance(kernel, { env: { memory } }).exports.dots as (
			query: number,
			rows: number,
			count: number,
			width: number,
			scores: number,
		) => void;
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 9 }), fc.infiniteStream(component), (pieces, count, stream) => {
				const width = pieces * 16;
				const next = () => Number(stream.next().value);
				const query = new Int16Array(memory.buffer, 0, width).map(next);
				const rows = new Int8Array(memory.buffer, 1_024, count * width).map(next);
				new Int16Array(memory.buffer, 0, width).set(query);
				new Int8Array(memory.buffer, 1_024, count * width).set(rows);
				dots(0, 1_024, count, width, 65_536);
				const expected = Array.from({ length: count }, (_, row) => query.reduce((sum, value, i) => sum + value * (rows[row * width + i] ?? 0), 0));
				expect([...new Int32Array(memory.buffer, 65_536, count)]).toEqual(expected);
			}),
		);
	});

	test('a matrix over more than one block keeps the best, whatever was cleared', () => {
		const matrix = createVectorMatrix(kernel, 20);
		const rows = Array.from({ length: 9_000 }, (_, slot) => Float32Array.from({ length: 20 }, (_, i) => Math.sin(slot * 1.7 + i * (1 + (slot % 13)))));
		for (const [slot, row] of rows.entries()) matrix.set(slot, quantise(row));
		for (let slot = 0; slot < 9_000; slot += 3) matrix.clear(slot);
		const query = rows[8_999] as Float32Array;
		const expected = rows
			.map((row, slot) => ({
				slot,
				score: slot % 3 === 0 ? -2 : cosineOf(query, row),
			}))
			.sort((a, b) => b.score - a.score)
			.slice(0, 10);
		const found = matrix.search(query, 10, () => true);
		expect(found.length).toBe(10);
		expect(found.every(({ slot }) => slot % 3 !== 0)).toBe(true);
		for (const [i, { score }] of found.entries()) expect(score / Math.hypot(...query)).toBeCloseTo(expected[i]?.score ?? Number.NaN, 2);
		expect(matrix.search(query, 10, (slot) => slot % 3 === 0)).toEqual([]);
	});
});
