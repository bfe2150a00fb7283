import { inverseFrequency, termSaturation } from '#core/domain/bm25';
import type { LexicalVector } from '#core/domain/lexicalVector';
import type { LexicalField, LexicalQuery } from '../vectorStore.ts';
import { DocumentTable, grown, type TableShape } from './documentTable.ts';
import { type PostingSizes, Postings } from './postings.ts';
import { TopScores } from './topScores.ts';
import { createVectorMatrix, type VectorMatrix } from './vectorMatrix.ts';

const FIELDS = ['text', 'path', 'symbol'] as const satisfies readonly LexicalField[];

/** So few allowed documents are looked at one by one; a scan of all would take longer. */
const FEW = 2_000;

/** One named sparse vector: its postings, and the length of each document in it with their sum. */
interface Field {
	readonly postings: Postings;
	lengths: Uint32Array<ArrayBuffer>;
	total: number;
}

/** What of a frozen segment is not in its arrays, and how long those are. JSON. */
export interface SegmentShape {
	readonly table: TableShape;
	/** By field. */
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
 * The owner builds the segment anew when many of its documents are dead.
 */
export class Segment {
	readonly #kernel: WebAssembly.Module;
	readonly #table: DocumentTable;
	readonly #fields: Readonly<Record<LexicalField, Field>>;
	/** Sum of the text lengths of each file's living documents. */
	#fileLengths: Uint32Array<ArrayBuffer>;
	#matrix: VectorMatrix | null = null;
	#staticMatrix: VectorMatrix | null = null;
	#scratch = new Float32Array(0);

	constructor(kernel: WebAssembly.Module, table = new DocumentTable(), fields = { text: emptyField(), path: emptyField(), symbol: emptyField() }) {
		this.#kernel = kernel;
		this.#table = table;
		this.#fields = fields;
		this.#fileLengths = new Uint32Array(Math.max(256, table.fileNames.length));
	}

	/** Living documents. */
	get size(): number {
		return this.#table.alive;
	}

	/** True when a rebuild would free much. */
	get isWasteful(): boolean {
		return this.#table.count > 2_000 && this.#table.alive < this.#table.count * 0.7;
	}

	has(row: number): boolean {
		return this.#table.numberOf(row) >= 0;
	}

	/** Adds a document; found after `commit`. */
	add({ row, filePath, contentHash, lexical, vector, staticVector }: SegmentDocument): void {
		const number = this.#table.add(row, filePath, contentHash);
		const file = this.#table.files[number] as number;
		if (file >= this.#fileLengths.length) this.#fileLengths = grown(this.#fileLengths, new Uint32Array(file * 2));
		for (const name of FIELDS) {
			const terms = lexical[name];
			if (!terms) continue;
			const field = this.#fields[name];
			const length = sumOf(terms.counts);
			if (number >= field.lengths.length) field.lengths = grown(field.lengths, new Uint32Array(Math.max(1_024, number * 2)));
			field.postings.add(number, terms);
			field.lengths[number] = length;
			field.total += length;
			if (name === 'text') this.#fileLengths[file] = (this.#fileLengths[file] as number) + length;
		}
		if (vector) this.#setVector(number, vector);
		if (staticVector) {
			this.#staticMatrix ??= createVectorMatrix(this.#kernel, staticVector.length);
			if (this.#staticMatrix.dimension === staticVector.length) this.#staticMatrix.set(number, staticVector);
		}
	}

	/** Makes added documents findable by words. */
	commit(): void {
		for (const { postings } of Object.values(this.#fields)) postings.commit();
	}

	remove(row: number): void {
		const number = this.#table.remove(row);
		if (number < 0) return;
		for (const field of Object.values(this.#fields)) field.total -= field.lengths[number] ?? 0;
		const file = this.#table.files[number] as number;
		this.#fileLengths[file] = (this.#fileLengths[file] as number) - (this.#fields.text.lengths[number] ?? 0);
		this.#matrix?.clear(number);
		this.#staticMatrix?.clear(number);
	}

	/** Gives every living document of a content its vector. */
	putVector(contentHash: string, vector: Int8Array): void {
		for (const number of this.#table.numbersOf(contentHash)) this.#setVector(number, vector);
	}

	/** Forgets the vectors of the model in use, because another is. */
	dropVectors(): void {
		this.#matrix = null;
	}

	searchDense(which: 'model' | 'static', query: Float32Array, limit: number, allowed: ReadonlySet<number> | null): Found[] {
		const matrix = which === 'model' ? this.#matrix : this.#staticMatrix;
		if (!matrix || matrix.dimension !== query.length) return [];
		const { rows, isAlive } = this.#table;
		const isAllowed = (number: number) => isAlive[number] === 1 && (!allowed || allowed.has(rows[number] as number));
		const found =
			allowed && allowed.size < FEW
				? matrix.rank(
						query,
						limit,
						Array.from(allowed, (row) => this.#table.numberOf(row)).filter((number) => number >= 0),
					)
				: matrix.search(query, limit, isAllowed);
		return found.map(({ slot, score }) => ({ row: rows[slot] as number, score }));
	}

	/** BM25 over the living documents that have the field. */
	searchLexical(query: LexicalQuery, limit: number, allowed: ReadonlySet<number> | null): Found[] {
		const { postings, lengths, total } = this.#fields[query.field];
		const { rows, isAlive, alive, count: documents } = this.#table;
		const average = total / Math.max(alive, 1) || 1;
		if (this.#scratch.length < documents) this.#scratch = new Float32Array(Math.ceil(documents * 1.25));
		const scores = this.#scratch;
		const touched: number[] = [];
		for (const { hash, weight } of query.terms) {
			const lists = postings.lists(hash);
			const frequency = this.#frequency(lists);
			if (frequency === 0) continue;
			const idf = weight * inverseFrequency(alive, frequency);
			for (const list of lists) {
				for (let i = 0; i < list.length; i++) {
					const number = list.documents[i] as number;
					if (isAlive[number] === 0) continue;
					if (scores[number] === 0) touched.push(number);
					scores[number] = (scores[number] as number) + idf * termSaturation(list.counts[i] as number, lengths[number] as number, average);
				}
			}
		}
		const best = new TopScores(limit);
		for (const number of touched) {
			const score = scores[number] as number;
			scores[number] = 0;
			if (score > best.threshold && (!allowed || allowed.has(rows[number] as number))) best.add(number, score);
		}
		return best.descending().map(({ item, score }) => ({ row: rows[item] as number, score }));
	}

	/** BM25 with whole files as documents; `allowed` confines the results, not the statistics. */
	searchFiles(query: LexicalQuery, limit: number, allowed: ReadonlySet<string> | null = null): { readonly filePath: string; readonly score: number }[] {
		const { postings } = this.#fields[query.field];
		const { files, isAlive, livingFiles, fileNames } = this.#table;
		const average = this.#fields.text.total / Math.max(livingFiles, 1) || 1;
		const scores = new Float32Array(fileNames.length);
		const counts = new Uint32Array(fileNames.length);
		for (const { hash, weight } of query.terms) {
			const touched: number[] = [];
			for (const list of postings.lists(hash)) {
				for (let i = 0; i < list.length; i++) {
					const number = list.documents[i] as number;
					if (isAlive[number] === 0) continue;
					const file = files[number] as number;
					if (counts[file] === 0) touched.push(file);
					counts[file] = (counts[file] as number) + (list.counts[i] as number);
				}
			}
			const idf = weight * inverseFrequency(livingFiles, touched.length);
			for (const file of touched) {
				scores[file] = (scores[file] as number) + idf * termSaturation(counts[file] as number, this.#fileLengths[file] as number, average);
				counts[file] = 0;
			}
		}
		const best = new TopScores(limit);
		for (let file = 0; file < scores.length; file++) {
			const score = scores[file] as number;
			if (score > 0 && (!allowed || allowed.has(fileNames[file] as string))) best.add(file, score);
		}
		return best.descending().map(({ item, score }) => ({ filePath: fileNames[item] as string, score }));
	}

	/** In how many living documents a term occurs. */
	frequency(field: LexicalField, hash: number): number {
		return this.#frequency(this.#fields[field].postings.lists(hash));
	}

	/** Everything findable, to be written down; `arrays` come in the order in which `Segment.restore` reads them. */
	freeze(): { readonly shape: SegmentShape; readonly arrays: readonly (() => ArrayBufferView)[] } {
		const table = this.#table.freeze();
		const fields = FIELDS.map((name) => this.#fields[name]);
		const postings = fields.map((field) => field.postings.freeze());
		const shapeOf = (matrix: VectorMatrix | null) => matrix && { dimension: matrix.dimension, slots: matrix.slots };
		const arrays: readonly ArrayBufferView[] = [
			...table.arrays,
			...fields.map(({ lengths }) => grown(lengths.slice(0, this.#table.count), new Uint32Array(this.#table.count))),
			this.#fileLengths.slice(0, this.#table.fileNames.length),
			...postings.flatMap((frozen) => frozen.arrays),
		];
		return {
			shape: {
				table: table.shape,
				totals: fields.map(({ total }) => total),
				postings: postings.map(({ sizes }) => sizes),
				matrix: shapeOf(this.#matrix),
				staticMatrix: shapeOf(this.#staticMatrix),
			},
			arrays: [...arrays.map((array) => () => array), ...(this.#matrix?.freeze() ?? []), ...(this.#staticMatrix?.freeze() ?? [])],
		};
	}

	/** The segment as it was frozen; `read` fills one array after the other. */
	static restore(kernel: WebAssembly.Module, shape: SegmentShape, read: (into: ArrayBufferView) => void): Segment {
		const table = DocumentTable.restore(shape.table, read);
		const lengths = FIELDS.map(() => new Uint32Array(table.count));
		for (const array of lengths) read(array);
		const fileLengths = new Uint32Array(table.fileNames.length);
		read(fileLengths);
		const [text, path, symbol] = shape.postings.map(
			(sizes, index): Field => ({ postings: Postings.restore(sizes, read), lengths: lengths[index] as Uint32Array<ArrayBuffer>, total: shape.totals[index] ?? 0 }),
		) as [Field, Field, Field];
		const segment = new Segment(kernel, table, { text, path, symbol });
		segment.#fileLengths.set(fileLengths);
		segment.#matrix = restoreMatrix(kernel, shape.matrix, read);
		segment.#staticMatrix = restoreMatrix(kernel, shape.staticMatrix, read);
		segment.commit();
		return segment;
	}

	#frequency(lists: ReturnType<Postings['lists']>): number {
		const { isAlive } = this.#table;
		let frequency = 0;
		for (const { documents, length } of lists) for (let i = 0; i < length; i++) frequency += isAlive[documents[i] as number] as number;
		return frequency;
	}

	#setVector(number: number, vector: Int8Array): void {
		if (this.#matrix?.dimension !== vector.length) this.#matrix = createVectorMatrix(this.#kernel, vector.length);
		this.#matrix.set(number, vector);
	}
}

function emptyField(): Field {
	return { postings: new Postings(), lengths: new Uint32Array(1_024), total: 0 };
}

function restoreMatrix(kernel: WebAssembly.Module, shape: SegmentShape['matrix'], read: (into: ArrayBufferView) => void): VectorMatrix | null {
	if (!shape) return null;
	const matrix = createVectorMatrix(kernel, shape.dimension);
	matrix.restore(shape.slots, read);
	return matrix;
}

function sumOf(counts: Uint16Array): number {
	let sum = 0;
	for (const count of counts) sum += count;
	return sum;
}
