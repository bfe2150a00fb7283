import { CoordinatorError } from '#core/base/errors';
import type { StaticVectors } from '../staticVectors.ts';

/** First bytes of the file: `HSV1`. */
const MAGIC = 0x31565348;
const HEADER_BYTES = 16;

/**
 * Static vectors from a table of one int8 row a word piece.
 * Layout, little-endian: u32 magic, u32 rows, u32 dimension, u32 zero; f32 scale a row; int8 rows × dimension. Row value = scale × int8,
 * the piece's inverse document frequency included. Throws `model-damaged` when the bytes are not that.
 */
export class TableStaticVectors implements StaticVectors {
	readonly dimension: number;
	readonly #scales: Float32Array;
	readonly #rows: Int8Array;

	constructor(bytes: Uint8Array) {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		const count = bytes.byteLength >= HEADER_BYTES && view.getUint32(0, true) === MAGIC ? view.getUint32(4, true) : 0;
		this.dimension = count > 0 ? view.getUint32(8, true) : 0;
		if (count === 0 || bytes.byteLength !== HEADER_BYTES + count * (4 + this.dimension)) {
			throw new CoordinatorError('model-damaged', 'The table of static vectors is damaged.');
		}
		this.#scales = Float32Array.from({ length: count }, (_, row) => view.getFloat32(HEADER_BYTES + 4 * row, true));
		this.#rows = new Int8Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES + 4 * count, count * this.dimension);
	}

	vector(ids: ArrayLike<number>): Float32Array {
		const { dimension } = this;
		const counts = new Map<number, number>();
		for (let i = 0; i < ids.length; i++) {
			const id = ids[i] as number;
			counts.set(id, (counts.get(id) ?? 0) + 1);
		}
		const sum = new Float32Array(dimension);
		for (const [id, count] of counts) {
			const weight = Math.sqrt(count) * (this.#scales[id] ?? 0);
			if (weight === 0) continue;
			const offset = id * dimension;
			for (let i = 0; i < dimension; i++) sum[i] = (sum[i] as number) + weight * (this.#rows[offset + i] as number);
		}
		let length = 0;
		for (const value of sum) length += value * value;
		if (length > 0) {
			const scale = 1 / Math.sqrt(length);
			for (let i = 0; i < dimension; i++) sum[i] = (sum[i] as number) * scale;
		}
		return sum;
	}
}
