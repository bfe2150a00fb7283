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

	readonly #addRow: AddRow;
	readonly #sum: Float32Array;

	/** `kernel`: the compiled `kernel.wasm`, which makes the sums several times as fast. */
	constructor(bytes: Uint8Array, kernel?: WebAssembly.Module) {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		const count = bytes.byteLength >= HEADER_BYTES && view.getUint32(0, true) === MAGIC ? view.getUint32(4, true) : 0;
		this.dimension = count > 0 ? view.getUint32(8, true) : 0;
		if (count === 0 || bytes.byteLength !== HEADER_BYTES + count * (4 + this.dimension)) {
			throw new CoordinatorError('model-damaged', 'The table of static vectors is damaged.');
		}
		this.#scales = Float32Array.from({ length: count }, (_, row) => view.getFloat32(HEADER_BYTES + 4 * row, true));
		const rows = new Int8Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES + 4 * count, count * this.dimension);
		if (kernel && this.dimension % 16 === 0) ({ sum: this.#sum, addRow: this.#addRow } = withKernel(kernel, rows, this.dimension));
		else {
			const sum = new Float32Array(this.dimension);
			this.#sum = sum;
			this.#addRow = (offset, weight) => {
				for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + weight * (rows[offset + i] as number);
			};
		}
	}

	vector(ids: ArrayLike<number>): Float32Array {
		const sum = this.#sum.fill(0);
		const sorted = new Int32Array(ids).sort();
		for (let i = 0; i < sorted.length; ) {
			const id = sorted[i] as number;
			const first = i;
			while (i < sorted.length && sorted[i] === id) i++;
			const weight = Math.sqrt(i - first) * (this.#scales[id] ?? 0);
			if (weight !== 0) this.#addRow(id * this.dimension, weight);
		}
		let squares = 0;
		for (let i = 0; i < sum.length; i++) squares += (sum[i] as number) * (sum[i] as number);
		const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
		const result = new Float32Array(sum.length);
		for (let i = 0; i < sum.length; i++) result[i] = (sum[i] as number) * scale;
		return result;
	}
}

/** Adds a weighted row, which starts `offset` bytes into the table, to the sum. */
type AddRow = (offset: number, weight: number) => void;

/** The table and the sum in the kernel's memory. */
function withKernel(kernel: WebAssembly.Module, rows: Int8Array, dimension: number): { readonly sum: Float32Array; readonly addRow: AddRow } {
	const start = 4 * dimension;
	const memory = new WebAssembly.Memory({ initial: Math.ceil((start + rows.length) / 65_536) });
	const { addRow } = new WebAssembly.Instance(kernel, { env: { memory } }).exports as { addRow: (row: number, weight: number, dimension: number, sum: number) => void };
	new Int8Array(memory.buffer).set(rows, start);
	return { sum: new Float32Array(memory.buffer, 0, dimension), addRow: (offset, weight) => addRow(start + offset, weight, dimension, 0) };
}
