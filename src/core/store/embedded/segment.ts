import type { LexicalVector } from '#core/domain/lexicalVector';
import type { LexicalField, LexicalQuery } from '../vectorStore.ts';
import { ChainedIndex, hashPair } from './chainedIndex.ts';
import { type PostingSizes, Postings } from './postings.ts';
import { TopScores } from './topScores.ts';
import { createVectorMatrix, type VectorMatrix } from './vectorMatrix.ts';

/** BM25's constants, the usual ones. */
const K1 = 1.2;
const B = 0.75;

const FIELDS = ['text', 'path', 'symbol'] as const satisfies readonly LexicalField[];
type FrozenPostings = ReturnType<Postings['freeze']>;

/** What of a frozen segment is not in its arrays, and how long those are. JSON. */
export interface SegmentShape {
	readonly count: number;
	readonly alive: number;
	readonly livingFiles: number;
	readonly fileNames: readonly string[];
	/** Sum of lengths, by field. */
	readonly totals: readonly number[];
	readonly postings: readonly PostingSizes[];
	readonly matrix: { readonly dimension: number; readonly slots: number } | null;
	readonly staticMatrix: { readonly dimension: number; readonly slots: number } | null;
}

export interface SegmentDocument {
	/** Row of `points`. */
	readonly row: number;
	readonly filePath: string;
	readonly contentHash: string;
	readonly lexical: Partial<Readonly<Record<LexicalField, LexicalVector>>>;
	readonly staticVector: Int8Array | null;
	readonly vector: Int8Array | null;
}

export interface Found {
	readonly row: number;
	readonly score: number;
}

/**
 * The in-memory index of one workspace in one collection: postings a field, a matrix of model vectors and one of static vectors.
 * Documents are numbered as they come; a removed one is only marked dead, and the owner builds the segment anew when many are.
 */
export class Segment {
	readonly #kernel: WebAssembly.Module;
	#fields: Readonly<Record<LexicalField, Postings>> = {
		text: new Postings(),
		path: new Postings(),
		symbol: new Postings(),
	};
	#rows = new Float64Array(1_024);
	#files = new Uint32Array(1_024);
	#isAlive = new Uint8Array(1_024);
	readonly #lengths: Readonly<Record<LexicalField, { values: Uint32Array; total: number }>> = {
		text: { values: new Uint32Array(1_024), total: 0 },
		path: { values: new Uint32Array(1_024), total: 0 },
		symbol: { values: new Uint32Array(1_024), total: 0 },
	};
	readonly #byRow = new ChainedIndex();
	/** By the first half of the content hash's pair; the second is compared. */
	readonly #byContent = new ChainedIndex();
	#contents = [new Uint32Array(1_024), new Uint32Array(1_024)] as const;
	readonly #fileNumbers = new Map<string, number>();
	readonly #fileNames: string[] = [];
	#fileLengths = new Uint32Array(256);
	/** Living documents of each file, and how many files have any. */
	#fileDocuments = new Uint32Array(256);
	#livingFiles = 0;
	#matrix: VectorMatrix | null = null;
	#staticMatrix: VectorMatrix | null = null;
	#count = 0;
	#alive = 0;
	#scratch = new Float32Array(0);

	constructor(kernel: WebAssembly.Module) {
		this.#kernel = kernel;
	}

	/** Living documents. */
	get size(): number {
		return this.#alive;
	}

	/** True when a rebuild would free much. */
	get isWasteful(): boolean {
		return this.#count > 2_000 && this.#alive < this.#count * 0.7;
	}

	has(row: number): boolean {
		return this.#documentOf(row) >= 0;
	}

	/** Adds a document; found after `commit`. */
	add(document: SegmentDocument): void {
		const number = this.#count++;
		this.#reserve(this.#count);
		this.#rows[number] = document.row;
		this.#isAlive[number] = 1;
		this.#alive++;
		this.#byRow.add(document.row >>> 0);
		const [key, check] = hashPair(document.contentHash);
		this.#byContent.add(key);
		this.#contents[0][number] = key;
		this.#contents[1][number] = check;
		const file = this.#fileNumber(document.filePath);
		this.#files[number] = file;
		if (this.#fileDocuments[file] === 0) this.#livingFiles++;
		this.#fileDocuments[file] = (this.#fileDocuments[file] as number) + 1;
		for (const field of FIELDS) {
			const vector = document.lexical[field];
			if (!vector) continue;
			this.#fields[field].add(number, vector);
			const length = sumOf(vector.counts);
			const lengths = this.#lengths[field];
			lengths.values[number] = length;
			lengths.total += length;
			if (field === 'text') this.#fileLengths[file] = (this.#fileLengths[file] as number) + length;
		}
		if (document.vector) this.#setVector(number, document.vector);
		if (document.staticVector) {
			this.#staticMatrix ??= createVectorMatrix(this.#kernel, document.staticVector.length);
			if (this.#staticMatrix.dimension === document.staticVector.length) this.#staticMatrix.set(number, document.staticVector);
		}
	}

	/** Makes added documents findable by words. */
	commit(): void {
		for (const postings of Object.values(this.#fields)) postings.commit();
	}

	remove(row: number): void {
		const number = this.#documentOf(row);
		if (number < 0) return;
		this.#isAlive[number] = 0;
		this.#alive--;
		for (const lengths of Object.values(this.#lengths)) lengths.total -= lengths.values[number] as number;
		const file = this.#files[number] as number;
		this.#fileLengths[file] = (this.#fileLengths[file] as number) - (this.#lengths.text.values[number] as number);
		this.#fileDocuments[file] = (this.#fileDocuments[file] as number) - 1;
		if (this.#fileDocuments[file] === 0) this.#livingFiles--;
		this.#matrix?.clear(number);
		this.#staticMatrix?.clear(number);
	}

	/** Gives every living document of a content its vector. */
	putVector(contentHash: string, vector: Int8Array): void {
		const [key, check] = hashPair(contentHash);
		for (let number = this.#byContent.first(key); number >= 0; number = this.#byContent.next(number)) {
			if (this.#isAlive[number] === 1 && this.#contents[0][number] === key && this.#contents[1][number] === check) this.#setVector(number, vector);
		}
	}

	/** Forgets the vectors of the model in use, because another is. */
	dropVectors(): void {
		this.#matrix = null;
	}

	searchDense(which: 'model' | 'static', query: Float32Array, limit: number, allowed: ReadonlySet<number> | null): Found[] {
		const matrix = which === 'model' ? this.#matrix : this.#staticMatrix;
		if (!matrix || matrix.dimension !== query.length) return [];
		const isAllowed = (number: number) => this.#isAlive[number] === 1 && (!allowed || allowed.has(this.#rows[number] as number));
		return matrix.search(query, limit, isAllowed).map(({ slot, score }) => ({ row: this.#rows[slot] as number, score }));
	}

	/** BM25 with idf = ln(1 + (N − n + ½) / (n + ½)) over the living documents that have the field. */
	searchLexical(query: LexicalQuery, limit: number, allowed: ReadonlySet<number> | null): Found[] {
		const lengths = this.#lengths[query.field];
		const average = lengths.total / Math.max(this.#alive, 1) || 1;
		const scores = this.#scores(this.#count);
		const touched: number[] = [];
		for (const { hash, weight } of query.terms) {
			const lists = this.#fields[query.field].lists(hash);
			const frequency = this.#frequency(lists);
			if (frequency === 0) continue;
			const idf = weight * Math.log(1 + (this.#alive - frequency + 0.5) / (frequency + 0.5));
			for (const { documents, counts, length } of lists) {
				for (let i = 0; i < length; i++) {
					const number = documents[i] as number;
					if (this.#isAlive[number] === 0) continue;
					const count = counts[i] as number;
					if (scores[number] === 0) touched.push(number);
					scores[number] = (scores[number] as number) + (idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * (lengths.values[number] as number)) / average));
				}
			}
		}
		const best = new TopScores(limit);
		for (const number of touched) {
			const score = scores[number] as number;
			scores[number] = 0;
			if (score > best.threshold && (!allowed || allowed.has(this.#rows[number] as number))) best.add(number, score);
		}
		return best.descending().map(({ item, score }) => ({ row: this.#rows[item] as number, score }));
	}

	/** BM25 with whole files as documents; `allowed` confines the results, not the statistics. */
	searchFiles(query: LexicalQuery, limit: number, allowed: ReadonlySet<string> | null = null): { readonly filePath: string; readonly score: number }[] {
		const postings = this.#fields[query.field];
		const fileCount = this.#fileNames.length;
		const average = this.#lengths.text.total / Math.max(this.#livingFiles, 1) || 1;
		const scores = new Float32Array(fileCount);
		const counts = new Uint32Array(fileCount);
		for (const { hash, weight } of query.terms) {
			const touched: number[] = [];
			for (const list of postings.lists(hash)) {
				for (let i = 0; i < list.length; i++) {
					const number = list.documents[i] as number;
					if (this.#isAlive[number] === 0) continue;
					const file = this.#files[number] as number;
					if (counts[file] === 0) touched.push(file);
					counts[file] = (counts[file] as number) + (list.counts[i] as number);
				}
			}
			const idf = weight * Math.log(1 + (this.#livingFiles - touched.length + 0.5) / (touched.length + 0.5));
			for (const file of touched) {
				const count = counts[file] as number;
				counts[file] = 0;
				scores[file] = (scores[file] as number) + (idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * (this.#fileLengths[file] as number)) / average));
			}
		}
		const best = new TopScores(limit);
		for (let file = 0; file < fileCount; file++) {
			const score = scores[file] as number;
			if (score > 0 && (!allowed || allowed.has(this.#fileNames[file] as string))) best.add(file, score);
		}
		return best.descending().map(({ item, score }) => ({
			filePath: this.#fileNames[item] as string,
			score,
		}));
	}

	/** In how many living documents a term occurs. */
	frequency(field: LexicalField, hash: number): number {
		return this.#frequency(this.#fields[field].lists(hash));
	}

	/** Everything findable, to be written down; `arrays` come in the order in which `Segment.restore` reads them. */
	freeze(): { readonly shape: SegmentShape; readonly arrays: readonly (() => ArrayBufferView)[] } {
		const [text, path, symbol] = FIELDS.map((field) => this.#fields[field].freeze()) as [FrozenPostings, FrozenPostings, FrozenPostings];
		const count = this.#count;
		const files = this.#fileNames.length;
		const matrices = [this.#matrix, this.#staticMatrix].map((matrix) => matrix && { dimension: matrix.dimension, slots: matrix.slots });
		const arrays: readonly ArrayBufferView[] = [
			this.#rows.subarray(0, count),
			this.#files.subarray(0, count),
			this.#isAlive.slice(0, count),
			...this.#contents.map((half) => half.subarray(0, count)),
			...FIELDS.map((field) => this.#lengths[field].values.subarray(0, count)),
			this.#fileLengths.slice(0, files),
			this.#fileDocuments.slice(0, files),
			...text.arrays,
			...path.arrays,
			...symbol.arrays,
		];
		return {
			shape: {
				count,
				alive: this.#alive,
				livingFiles: this.#livingFiles,
				fileNames: [...this.#fileNames],
				totals: FIELDS.map((field) => this.#lengths[field].total),
				postings: [text.sizes, path.sizes, symbol.sizes],
				matrix: matrices[0] ?? null,
				staticMatrix: matrices[1] ?? null,
			},
			arrays: [...arrays.map((array) => () => array), ...(this.#matrix?.freeze() ?? []), ...(this.#staticMatrix?.freeze() ?? [])],
		};
	}

	/** The segment as it was frozen; `read` fills one array after the other. */
	static restore(kernel: WebAssembly.Module, shape: SegmentShape, read: (into: ArrayBufferView) => void): Segment {
		const segment = new Segment(kernel);
		const { count } = shape;
		segment.#reserve(count);
		segment.#count = count;
		segment.#alive = shape.alive;
		segment.#livingFiles = shape.livingFiles;
		for (const name of shape.fileNames) segment.#fileNumber(name);
		const files = shape.fileNames.length;
		for (const array of [segment.#rows, segment.#files, segment.#isAlive, ...segment.#contents]) read(array.subarray(0, count));
		for (const [index, field] of FIELDS.entries()) {
			segment.#lengths[field].total = shape.totals[index] ?? 0;
			read(segment.#lengths[field].values.subarray(0, count));
		}
		read(segment.#fileLengths.subarray(0, files));
		read(segment.#fileDocuments.subarray(0, files));
		const [text, path, symbol] = shape.postings.map((sizes) => Postings.restore(sizes, read)) as [Postings, Postings, Postings];
		segment.#fields = { text, path, symbol };
		const restoreMatrix = (saved: SegmentShape['matrix']) => {
			if (!saved) return null;
			const matrix = createVectorMatrix(kernel, saved.dimension);
			matrix.restore(saved.slots, read);
			return matrix;
		};
		segment.#matrix = restoreMatrix(shape.matrix);
		segment.#staticMatrix = restoreMatrix(shape.staticMatrix);
		for (let number = 0; number < count; number++) {
			segment.#byRow.add((segment.#rows[number] as number) >>> 0);
			segment.#byContent.add(segment.#contents[0][number] as number);
		}
		segment.commit();
		return segment;
	}

	/** The living document of a row, or -1. */
	#documentOf(row: number): number {
		let number = this.#byRow.first(row >>> 0);
		while (number >= 0 && !(this.#isAlive[number] === 1 && this.#rows[number] === row)) number = this.#byRow.next(number);
		return number;
	}

	#frequency(lists: ReturnType<Postings['lists']>): number {
		let frequency = 0;
		for (const { documents, length } of lists) for (let i = 0; i < length; i++) frequency += this.#isAlive[documents[i] as number] as number;
		return frequency;
	}

	#scores(count: number): Float32Array {
		if (this.#scratch.length < count) this.#scratch = new Float32Array(Math.ceil(count * 1.25));
		return this.#scratch;
	}

	#setVector(number: number, vector: Int8Array): void {
		if (this.#matrix?.dimension !== vector.length) this.#matrix = createVectorMatrix(this.#kernel, vector.length);
		this.#matrix.set(number, vector);
	}

	#fileNumber(path: string): number {
		const known = this.#fileNumbers.get(path);
		if (known !== undefined) return known;
		const number = this.#fileNames.length;
		this.#fileNumbers.set(path, number);
		this.#fileNames.push(path);
		if (number >= this.#fileLengths.length) {
			this.#fileLengths = grown(this.#fileLengths, new Uint32Array(number * 2));
			this.#fileDocuments = grown(this.#fileDocuments, new Uint32Array(number * 2));
		}
		return number;
	}

	#reserve(count: number): void {
		if (count <= this.#rows.length) return;
		const size = Math.max(count, Math.ceil(this.#rows.length * 1.5));
		this.#rows = grown(this.#rows, new Float64Array(size));
		this.#files = grown(this.#files, new Uint32Array(size));
		this.#isAlive = grown(this.#isAlive, new Uint8Array(size));
		this.#contents = [grown(this.#contents[0], new Uint32Array(size)), grown(this.#contents[1], new Uint32Array(size))];
		for (const lengths of Object.values(this.#lengths)) lengths.values = grown(lengths.values, new Uint32Array(size));
	}
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
	to.set(from);
	return to;
}

function sumOf(counts: Uint16Array): number {
	let sum = 0;
	for (const count of counts) sum += count;
	return sum;
}
