import type { WordPiece } from '#core/domain/wordPiece';
import type { EncoderSession } from './onnxRuntime.ts';

const CLS = 101n;
const SEP = 102n;
/** Positions the model was trained on, with its two special tokens. */
const MAX_POSITIONS = 256;
/** Larger batches are slower on a processor and take three times the memory. */
const MAX_BATCH = 8;

/**
 * Unit vectors of texts, in order: word pieces, last hidden states, mean over the real tokens, L2 norm.
 * Texts are batched by length, so that little is padded. `betweenBatches` is awaited before each batch; it ends the run by throwing.
 */
export async function embedTexts(session: EncoderSession, wordPiece: WordPiece, texts: readonly string[], betweenBatches: () => Promise<void>): Promise<Float32Array[]> {
	const tokens = texts.map((text) => wordPiece.encode(text, MAX_POSITIONS - 2));
	const order = tokens.map((_, index) => index).sort((a, b) => (tokens[a]?.length ?? 0) - (tokens[b]?.length ?? 0));
	const vectors: Float32Array[] = new Array(texts.length);
	for (let start = 0; start < order.length; start += MAX_BATCH) {
		await betweenBatches();
		const batch = order.slice(start, start + MAX_BATCH);
		const columns = Math.max(...batch.map((index) => tokens[index]?.length ?? 0)) + 2;
		const ids = new BigInt64Array(batch.length * columns);
		const mask = new BigInt64Array(batch.length * columns);
		for (const [row, index] of batch.entries()) {
			const pieces = tokens[index] ?? [];
			const offset = row * columns;
			ids[offset] = CLS;
			for (const [position, id] of pieces.entries()) ids[offset + 1 + position] = BigInt(id);
			ids[offset + 1 + pieces.length] = SEP;
			mask.fill(1n, offset, offset + pieces.length + 2);
		}
		const { values, dimension } = await session.run(ids, mask, batch.length, columns);
		for (const [row, index] of batch.entries()) {
			vectors[index] = meanPool(values, row * columns * dimension, (tokens[index]?.length ?? 0) + 2, dimension);
		}
	}
	return vectors;
}

function meanPool(values: Float32Array, offset: number, count: number, dimension: number): Float32Array {
	const vector = new Float32Array(dimension);
	for (let token = 0; token < count; token++) {
		const at = offset + token * dimension;
		for (let i = 0; i < dimension; i++) vector[i] = (vector[i] as number) + (values[at + i] as number);
	}
	let length = 0;
	for (const value of vector) length += value * value;
	const scale = 1 / (Math.sqrt(length) || 1);
	for (let i = 0; i < dimension; i++) vector[i] = (vector[i] as number) * scale;
	return vector;
}
