// Makes models/static/staticVectors.bin from the bundled MiniLM: see models/static/README.md.
// Usage: node scripts/distillStaticVectors.mjs OUT.bin SOURCE_FOLDER... (the folders give word-piece statistics, nothing of them is kept)
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { WordPiece } from '../src/core/domain/wordPiece.ts';
import { vocabularyOf } from './vocabulary.mjs';

const HIDDEN = 384;
const DIMENSION = 256;
const FIRST_WORD_PIECE = 999;
const CHUNK_LINES = 40;
const FILES_PER_FOLDER = 4000;
const MAGIC = 0x31565348;
const models = join(import.meta.dirname, '../models/minilm');

const [out, ...folders] = process.argv.slice(2);
if (!out || folders.length === 0) throw new Error('Usage: node scripts/distillStaticVectors.mjs OUT.bin SOURCE_FOLDER...');

const vocabulary = vocabularyOf(readFileSync(join(models, 'tokenizer.json'), 'utf8'));
const wordPiece = new WordPiece(vocabulary);
const { frequencies, chunkCount } = countPieces(folders);
console.log(`${chunkCount} chunks counted`);
const tokens = await tokenVectors(wordPiece.size);
const projected = project(tokens, wordPiece.size);
const idf = Float64Array.from(frequencies, (chunks) => Math.log((chunkCount + 1) / (chunks + 0.5)));
writeFileSync(out, table(projected, idf, wordPiece.size));
console.log(`${out}: ${wordPiece.size} rows of ${DIMENSION}`);

/** The output at position 1 of `[CLS] piece [SEP]` for every piece, alone in its batch: the model quantises activations per call. */
async function tokenVectors(size) {
	const session = await ort.InferenceSession.create(join(models, 'model_quantized.onnx'), { intraOpNumThreads: 1, interOpNumThreads: 1 });
	const tensor = (values) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, 3]);
	const vectors = new Float64Array(size * HIDDEN);
	const [attention_mask, token_type_ids] = [tensor([1, 1, 1]), tensor([0, 0, 0])];
	for (let id = FIRST_WORD_PIECE; id < size; id++) {
		const { last_hidden_state } = await session.run({ input_ids: tensor([101, id, 102]), attention_mask, token_type_ids });
		vectors.set(last_hidden_state.data.subarray(HIDDEN, 2 * HIDDEN), id * HIDDEN);
	}
	return vectors;
}

/** Centred, rotated onto the first principal components, each divided by the square root of its singular value. */
function project(vectors, size) {
	const count = size - FIRST_WORD_PIECE;
	const mean = new Float64Array(HIDDEN);
	for (let id = FIRST_WORD_PIECE; id < size; id++) for (let i = 0; i < HIDDEN; i++) mean[i] += vectors[id * HIDDEN + i] / count;
	for (let id = FIRST_WORD_PIECE; id < size; id++) for (let i = 0; i < HIDDEN; i++) vectors[id * HIDDEN + i] -= mean[i];
	const gram = new Float64Array(HIDDEN * HIDDEN);
	for (let id = FIRST_WORD_PIECE; id < size; id++) {
		const row = vectors.subarray(id * HIDDEN, (id + 1) * HIDDEN);
		for (let i = 0; i < HIDDEN; i++) for (let j = i; j < HIDDEN; j++) gram[i * HIDDEN + j] += row[i] * row[j];
	}
	for (let i = 0; i < HIDDEN; i++) for (let j = 0; j < i; j++) gram[i * HIDDEN + j] = gram[j * HIDDEN + i];
	const { values, vectors: axes } = eigen(gram, HIDDEN);
	const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, DIMENSION);
	const result = new Float64Array(size * DIMENSION);
	for (let id = FIRST_WORD_PIECE; id < size; id++) {
		for (const [component, axis] of order.entries()) {
			let sum = 0;
			for (let i = 0; i < HIDDEN; i++) sum += vectors[id * HIDDEN + i] * axes[axis * HIDDEN + i];
			// An eigenvalue of the Gram matrix is the square of a singular value.
			result[id * DIMENSION + component] = sum / values[axis] ** 0.25;
		}
	}
	return result;
}

/** Eigenvalues and eigenvectors (as rows) of a symmetric matrix, by cyclic Jacobi rotations (Golub and Van Loan, section 8.5). */
function eigen(matrix, n) {
	const a = Float64Array.from(matrix);
	const v = new Float64Array(n * n);
	for (let i = 0; i < n; i++) v[i * n + i] = 1;
	let scale = 0;
	for (const value of a) scale += value * value;
	for (let sweep = 0; sweep < 30; sweep++) {
		let off = 0;
		for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
		if (off < 1e-20 * scale) break;
		for (let p = 0; p < n; p++) {
			for (let q = p + 1; q < n; q++) {
				const apq = a[p * n + q];
				if (apq === 0) continue;
				const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
				const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
				const c = 1 / Math.sqrt(t * t + 1);
				const s = t * c;
				for (let k = 0; k < n; k++) {
					const [kp, kq] = [a[k * n + p], a[k * n + q]];
					a[k * n + p] = c * kp - s * kq;
					a[k * n + q] = s * kp + c * kq;
				}
				for (let k = 0; k < n; k++) {
					const [pk, qk, vp, vq] = [a[p * n + k], a[q * n + k], v[p * n + k], v[q * n + k]];
					a[p * n + k] = c * pk - s * qk;
					a[q * n + k] = s * pk + c * qk;
					v[p * n + k] = c * vp - s * vq;
					v[q * n + k] = s * vp + c * vq;
				}
			}
		}
	}
	return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors: v };
}

/** In how many chunks of source code each piece occurs. */
function countPieces(roots) {
	const counts = new Float64Array(wordPiece.size);
	let chunks = 0;
	for (const path of roots.flatMap(sourceFiles)) {
		const lines = readFileSync(path, 'utf8').split('\n');
		if (lines.some((line) => line.length > 1000)) continue;
		for (let start = 0; start < lines.length; start += CHUNK_LINES) {
			for (const id of new Set(wordPiece.encode(lines.slice(start, start + CHUNK_LINES).join('\n')))) counts[id]++;
			chunks++;
		}
	}
	return { frequencies: counts, chunkCount: chunks };
}

/** An even sample of the source files below a folder, in the order of their paths. */
function sourceFiles(folder) {
	const paths = readdirSync(folder, { recursive: true })
		.filter((path) => /\.(c|cc|cpp|cs|go|h|java|js|jsx|kt|mjs|php|py|rb|rs|sh|swift|ts|tsx)$/.test(path) && !/\.min\.js$/.test(path))
		.map((path) => join(folder, path))
		.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
		.sort();
	const step = Math.max(1, paths.length / FILES_PER_FOLDER);
	return Array.from({ length: Math.min(paths.length, FILES_PER_FOLDER) }, (_, i) => paths[Math.floor(i * step)]);
}

/** The file: layout as `TableStaticVectors` reads it. */
function table(vectors, weights, size) {
	const bytes = new Uint8Array(16 + size * (4 + DIMENSION));
	const view = new DataView(bytes.buffer);
	for (const [i, value] of [MAGIC, size, DIMENSION, 0].entries()) view.setUint32(4 * i, value, true);
	const rows = new Int8Array(bytes.buffer, 16 + 4 * size);
	for (let id = 0; id < size; id++) {
		const row = vectors.subarray(id * DIMENSION, (id + 1) * DIMENSION);
		const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
		if (largest === 0) continue;
		view.setFloat32(16 + 4 * id, (largest / 127) * weights[id], true);
		for (const [i, value] of row.entries()) rows[id * DIMENSION + i] = Math.round((value * 127) / largest);
	}
	return bytes;
}
