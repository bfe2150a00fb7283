import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import createWabt from 'wabt';
import { WordPiece } from '#core/domain/wordPiece';
import { TableStaticVectors } from '#core/models/local/tableStaticVectors';
import { vocabularyOf } from '../../../../../scripts/vocabulary.mjs';
import { repositoryRoot } from '../../../../support/assets.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, 'models', path));
const bytes = read('static/staticVectors.bin');
const table = new TableStaticVectors(bytes);
const wordPiece = new WordPiece(vocabularyOf(read('minilm/tokenizer.json').toString('utf8')));
const vector = (text: string) => table.vector(wordPiece.encode(text));
const cosine = (a: string, b: string) => vector(a).reduce((sum, value, i) => sum + value * (vector(b)[i] ?? 0), 0);

/** A table of two rows, (2, 0) and (0, 3), by the layout of models/static/README.md. */
function smallTable(): Uint8Array {
	const file = new Uint8Array(16 + 2 * 4 + 2 * 2);
	const view = new DataView(file.buffer);
	for (const [i, value] of [0x31565348, 2, 2, 0].entries()) view.setUint32(4 * i, value, true);
	view.setFloat32(16, 2, true);
	view.setFloat32(20, 0.5, true);
	file.set([1, 0, 0, 6], 24);
	return file;
}

describe('TableStaticVectors', () => {
	test('gives the same vectors with the kernel as without', async () => {
		const wabt = await createWabt();
		const source = readFileSync(join(repositoryRoot, 'src/core/store/embedded/kernel.wat'), 'utf8');
		const kernel = await WebAssembly.compile(new Uint8Array(wabt.parseWat('kernel.wat', source, { simd: true }).toBinary({}).buffer));
		const fast = new TableStaticVectors(bytes, kernel);
		for (const text of ['', 'def parse(header): return header.split(",")', 'a a a b']) {
			const [quick, plain] = [fast.vector(wordPiece.encode(text)), vector(text)];
			for (const [i, value] of plain.entries()) expect(quick[i]).toBeCloseTo(value, 6);
		}
	});

	test('adds the rows of distinct pieces by the square root of their count, at unit length', () => {
		const [x, y] = new TableStaticVectors(smallTable()).vector([0, 0, 0, 0, 1]);
		expect(x).toBeCloseTo(4 / 5, 6);
		expect(y).toBeCloseTo(3 / 5, 6);
	});

	test('reads a table that starts at an odd place of its buffer', () => {
		const shifted = new Uint8Array(smallTable().length + 1);
		shifted.set(smallTable(), 1);
		expect([...new TableStaticVectors(shifted.subarray(1)).vector([1])]).toEqual([0, 1]);
	});

	test('gives zeros for no pieces and for pieces it does not have', () => {
		expect([...new TableStaticVectors(smallTable()).vector([])]).toEqual([0, 0]);
		expect([...new TableStaticVectors(smallTable()).vector([7])]).toEqual([0, 0]);
	});

	test.each([
		['empty', new Uint8Array()],
		['cut off', smallTable().subarray(0, 20)],
		['of another kind', smallTable().fill(0, 0, 1)],
	])('refuses a file that is %s', (_name, file) => {
		expect(() => new TableStaticVectors(file)).toThrow(expect.objectContaining({ code: 'model-damaged' }));
	});

	test('the shipped table fits the vocabulary, its checksum and 8 MB', () => {
		expect(bytes.length).toBe(16 + wordPiece.size * (4 + table.dimension));
		expect(bytes.length).toBeLessThan(8_000_000);
		expect(read('static/README.md').toString('utf8')).toContain(createHash('sha256').update(bytes).digest('hex'));
	});

	test('the shipped table puts related words near each other', () => {
		expect(cosine('delete a folder', 'remove the directory')).toBeGreaterThan(cosine('delete a folder', 'parse the grammar') + 0.1);
		expect(cosine('open socket', 'network connection')).toBeGreaterThan(cosine('open socket', 'sort the array'));
	});
});
