import { describe, expect, test } from 'vitest';
import type { EmbeddingModel } from '#core/models/embeddingModel';

/** Cosine of two unit vectors. */
export function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
	if (!a || !b || a.length !== b.length) return Number.NaN;
	return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** The behaviour every EmbeddingModel owes. `open` may return the same model each time; it is not closed. */
export function embeddingModelContract(name: string, open: () => Promise<EmbeddingModel>): void {
	describe(name, () => {
		test('gives one unit vector a text, in order, of the dimension it states', async () => {
			const model = await open();
			const texts = [
				'def add(a, b): return a + b',
				'',
				'x'.repeat(5000),
				'καλημέρα 💡',
				'def add(a, b): return a + b',
				...Array.from({ length: 20 }, (_, i) => `text ${i}`),
			];
			const vectors = await model.embed(texts, { purpose: 'document' });
			expect(vectors).toHaveLength(texts.length);
			for (const vector of vectors) {
				expect(vector).toHaveLength(model.dimension);
				expect(cosine(vector, vector)).toBeCloseTo(1, 4);
			}
			expect(cosine(vectors[0], vectors[4])).toBeGreaterThan(0.98);
			expect(cosine(vectors[0], vectors[5])).toBeLessThan(0.95);
		}, 60_000);

		test('gives nothing for nothing', async () => {
			expect(await (await open()).embed([], { purpose: 'query' })).toEqual([]);
		}, 60_000);

		test('rejects with `cancelled` for a signal that has fired, and works on', async () => {
			const model = await open();
			await expect(model.embed(['a'], { purpose: 'query', signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
			expect(await model.embed(['a'], { purpose: 'query' })).toHaveLength(1);
		}, 60_000);

		test('rejects with `cancelled` while it works', async () => {
			const model = await open();
			const controller = new AbortController();
			const run = model.embed(
				Array.from({ length: 100 }, (_, i) => `function number${i}() {}`),
				{ purpose: 'document', signal: controller.signal },
			);
			controller.abort();
			await expect(run).rejects.toMatchObject({ code: 'cancelled' });
		}, 60_000);

		test('has a calibration that rises with the cosine and stays a probability', async () => {
			const model = await open();
			const values = Array.from({ length: 21 }, (_, i) => model.calibrate(-1 + i / 10));
			for (const [i, value] of values.entries()) {
				expect(value).toBeGreaterThanOrEqual(0);
				expect(value).toBeLessThanOrEqual(1);
				if (i > 0) expect(value).toBeGreaterThan(values[i - 1] ?? 1);
			}
		}, 60_000);
	});
}
