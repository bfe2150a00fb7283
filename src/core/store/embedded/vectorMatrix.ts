import { TopScores } from './topScores.ts';

const PAGE = 65_536;
/** Rows scanned with one call of the kernel; their scores lie in a buffer of this many int32. */
const BLOCK = 8_192;
/** Candidates of the int8 scan that are scored again in float; the right ten were always among the first 40 in measurements. */
const RESCORED = 100;

/** Scan of unit vectors held as int8, in WebAssembly memory. Slots are filled in ascending order and never move. */
export interface VectorMatrix {
	readonly dimension: number;
	/** Slots in use, empty ones included. */
	readonly slots: number;
	/** Writes a slot. `values` are int8 components of any length of vector; only their direction counts. */
	set(slot: number, values: Int8Array): void;
	clear(slot: number): void;
	has(slot: number): boolean;
	/** Best slots by cosine, best first; `isAllowed` leaves slots out. */
	search(query: Float32Array, limit: number, isAllowed: (slot: number) => boolean): { readonly slot: number; readonly score: number }[];
	/** The best of some slots by cosine, best first; costs what these slots cost, however many there are. */
	rank(query: Float32Array, limit: number, slots: Iterable<number>): { readonly slot: number; readonly score: number }[];
	/** The slot's vector at unit length, or null. */
	get(slot: number): Float32Array | null;
	/** All slots, as arrays in the order in which `restore` reads them; a view is of the moment it is asked for. */
	freeze(): readonly (() => ArrayBufferView)[];
	/** Fills an empty matrix with as many slots as were frozen; `read` fills one array after the other. */
	restore(slots: number, read: (into: ArrayBufferView) => void): void;
}

/** Quantises so that the largest component is ±127. */
export function quantise(vector: Float32Array): Int8Array {
	let largest = 0;
	for (const value of vector) largest = Math.max(largest, Math.abs(value));
	const scale = largest > 0 ? 127 / largest : 0;
	return Int8Array.from(vector, (value) => Math.round(value * scale));
}

/** The exported function of `kernel.wat`. */
type Dots = (query: number, rows: number, count: number, dimension: number, scores: number) => void;

/** Makes an empty matrix over its own memory. `kernel` is the compiled `kernel.wat`. */
export function createVectorMatrix(kernel: WebAssembly.Module, dimension: number): VectorMatrix {
	const width = Math.ceil(dimension / 16) * 16;
	const queryAt = 0;
	const scoresAt = Math.ceil((width * 2) / 16) * 16;
	const rowsAt = Math.ceil((scoresAt + BLOCK * 4) / 16) * 16;
	const memory = new WebAssembly.Memory({
		initial: Math.ceil(rowsAt / PAGE) + 1,
	});
	const dots = new WebAssembly.Instance(kernel, { env: { memory } }).exports.dots as Dots;
	/** 1 / length of each row's int8 vector; 0 for an empty slot. */
	let inverseLengths = new Float32Array(1_024);
	let slots = 0;

	const rows = () => new Int8Array(memory.buffer, rowsAt);
	const reserve = (count: number) => {
		const missing = rowsAt + count * width - memory.buffer.byteLength;
		if (missing > 0) memory.grow(Math.max(Math.ceil(missing / PAGE), Math.ceil(memory.buffer.byteLength / PAGE / 4)));
		if (count > inverseLengths.length) {
			const larger = new Float32Array(Math.max(count, inverseLengths.length * 2));
			larger.set(inverseLengths);
			inverseLengths = larger;
		}
	};

	const isInUse = (slot: number) => slot < slots && (inverseLengths[slot] ?? 0) > 0;
	const rank: VectorMatrix['rank'] = (query, limit, among) => {
		const best = new TopScores(limit);
		const table = rows();
		for (const slot of among) {
			if (!isInUse(slot)) continue;
			let dot = 0;
			const offset = slot * width;
			for (let i = 0; i < dimension; i++) dot += (query[i] as number) * (table[offset + i] as number);
			best.add(slot, dot * (inverseLengths[slot] as number));
		}
		return best.descending().map(({ item, score }) => ({ slot: item, score }));
	};

	return {
		dimension,
		get slots() {
			return slots;
		},
		set(slot, values) {
			reserve(Math.max(slot + 1, slots));
			rows().set(values, slot * width);
			let squares = 0;
			for (const value of values) squares += value * value;
			inverseLengths[slot] = squares > 0 ? 1 / Math.sqrt(squares) : 0;
			slots = Math.max(slots, slot + 1);
		},
		clear(slot) {
			if (slot < slots) inverseLengths[slot] = 0;
		},
		has: isInUse,
		rank,
		search(query, limit, isAllowed) {
			const coarse = quantise(query);
			let squares = 0;
			for (const value of coarse) squares += value * value;
			if (squares === 0 || slots === 0) return [];
			new Int16Array(memory.buffer, queryAt, width).fill(0);
			new Int16Array(memory.buffer, queryAt, dimension).set(coarse);
			const best = new TopScores(Math.max(limit, RESCORED));
			for (let start = 0; start < slots; start += BLOCK) {
				const count = Math.min(BLOCK, slots - start);
				dots(queryAt, rowsAt + start * width, count, width, scoresAt);
				const scores = new Int32Array(memory.buffer, scoresAt, count);
				for (let i = 0; i < count; i++) {
					const inverse = inverseLengths[start + i] as number;
					if (inverse === 0) continue;
					const score = (scores[i] as number) * inverse;
					if (score > best.threshold && isAllowed(start + i)) best.add(start + i, score);
				}
			}
			return rank(
				query,
				limit,
				best.descending().map(({ item }) => item),
			);
		},
		get(slot) {
			const inverse = slot < slots ? (inverseLengths[slot] as number) : 0;
			if (inverse === 0) return null;
			return Float32Array.from(rows().subarray(slot * width, slot * width + dimension), (value) => value * inverse);
		},
		freeze() {
			const lengths = inverseLengths.slice(0, slots);
			const size = slots * width;
			return [() => lengths, () => rows().subarray(0, size)];
		},
		restore(count, read) {
			reserve(count);
			slots = count;
			read(inverseLengths.subarray(0, count));
			read(rows().subarray(0, count * width));
		},
	};
}
