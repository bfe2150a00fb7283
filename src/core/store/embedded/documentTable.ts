import { ChainedIndex } from './chainedIndex.ts';
import { hashPair } from './hashPair.ts';

/** What of a frozen table is not in its arrays, and how long those are. JSON. */
export interface TableShape {
	readonly count: number;
	readonly alive: number;
	readonly livingFiles: number;
	readonly fileNames: readonly string[];
}

/** The documents of a segment, numbered as they come, with their rows, contents and files. A removed one is only marked dead. */
export class DocumentTable {
	/** By document: row of `points`, number of its file, 1 while it lives. Longer than `count`, and replaced as they grow. */
	rows = new Float64Array(1_024);
	files = new Uint32Array(1_024);
	isAlive = new Uint8Array(1_024);
	/** By number. */
	readonly fileNames: string[] = [];
	#count = 0;
	#alive = 0;
	#livingFiles = 0;
	readonly #byRow = new ChainedIndex();
	/** By the first half of the content hash's pair; the second is compared. */
	readonly #byContent = new ChainedIndex();
	#contentChecks = new Uint32Array(1_024);
	readonly #fileNumbers = new Map<string, number>();
	/** Living documents of each file. */
	#fileDocuments = new Uint32Array(256);

	/** Documents, dead ones included. */
	get count(): number {
		return this.#count;
	}

	/** Living documents. */
	get alive(): number {
		return this.#alive;
	}

	/** Files that have a living document. */
	get livingFiles(): number {
		return this.#livingFiles;
	}

	/** Returns the new document's number. */
	add(row: number, filePath: string, contentHash: string): number {
		const number = this.#count++;
		this.#reserve(this.#count);
		const file = this.#fileNumber(filePath);
		const [key, check] = hashPair(contentHash);
		this.rows[number] = row;
		this.files[number] = file;
		this.isAlive[number] = 1;
		this.#alive++;
		this.#byRow.add(row >>> 0);
		this.#byContent.add(key);
		this.#contentChecks[number] = check;
		if (this.#fileDocuments[file] === 0) this.#livingFiles++;
		this.#fileDocuments[file] = (this.#fileDocuments[file] as number) + 1;
		return number;
	}

	/** Marks the row's living document dead and returns its number, or -1 where there is none. */
	remove(row: number): number {
		const number = this.numberOf(row);
		if (number < 0) return number;
		this.isAlive[number] = 0;
		this.#alive--;
		const file = this.files[number] as number;
		this.#fileDocuments[file] = (this.#fileDocuments[file] as number) - 1;
		if (this.#fileDocuments[file] === 0) this.#livingFiles--;
		return number;
	}

	/** The living document of a row, or -1. */
	numberOf(row: number): number {
		let number = this.#byRow.first(row >>> 0);
		while (number >= 0 && !(this.isAlive[number] === 1 && this.rows[number] === row)) number = this.#byRow.next(number);
		return number;
	}

	/** The living documents of a content. */
	numbersOf(contentHash: string): number[] {
		const [key, check] = hashPair(contentHash);
		const numbers: number[] = [];
		for (let number = this.#byContent.first(key); number >= 0; number = this.#byContent.next(number)) {
			if (this.isAlive[number] === 1 && this.#contentChecks[number] === check) numbers.push(number);
		}
		return numbers;
	}

	/** The table as arrays, in the order in which `DocumentTable.restore` reads them. They stay as they are when the table changes. */
	freeze(): { readonly shape: TableShape; readonly arrays: readonly ArrayBufferView[] } {
		const count = this.#count;
		return {
			shape: { count, alive: this.#alive, livingFiles: this.#livingFiles, fileNames: [...this.fileNames] },
			arrays: [
				this.rows.subarray(0, count),
				this.files.subarray(0, count),
				this.isAlive.slice(0, count),
				this.#byContent.keys,
				this.#contentChecks.subarray(0, count),
				this.#fileDocuments.slice(0, this.fileNames.length),
			],
		};
	}

	/** The table as it was frozen; `read` fills one array after the other. */
	static restore({ count, alive, livingFiles, fileNames }: TableShape, read: (into: ArrayBufferView) => void): DocumentTable {
		const table = new DocumentTable();
		table.#reserve(count);
		table.#count = count;
		table.#alive = alive;
		table.#livingFiles = livingFiles;
		for (const name of fileNames) table.#fileNumber(name);
		const contentKeys = new Uint32Array(count);
		for (const array of [table.rows.subarray(0, count), table.files.subarray(0, count), table.isAlive.subarray(0, count), contentKeys]) read(array);
		read(table.#contentChecks.subarray(0, count));
		read(table.#fileDocuments.subarray(0, fileNames.length));
		for (let number = 0; number < count; number++) {
			table.#byRow.add((table.rows[number] as number) >>> 0);
			table.#byContent.add(contentKeys[number] as number);
		}
		return table;
	}

	#fileNumber(path: string): number {
		const known = this.#fileNumbers.get(path);
		if (known !== undefined) return known;
		const number = this.fileNames.length;
		this.#fileNumbers.set(path, number);
		this.fileNames.push(path);
		if (number >= this.#fileDocuments.length) this.#fileDocuments = grown(this.#fileDocuments, new Uint32Array(number * 2));
		return number;
	}

	#reserve(count: number): void {
		if (count <= this.rows.length) return;
		const size = Math.max(count, Math.ceil(this.rows.length * 1.5));
		this.rows = grown(this.rows, new Float64Array(size));
		this.files = grown(this.files, new Uint32Array(size));
		this.isAlive = grown(this.isAlive, new Uint8Array(size));
		this.#contentChecks = grown(this.#contentChecks, new Uint32Array(size));
	}
}

/** `to`, with what `from` holds at its start. */
export function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
	to.set(from);
	return to;
}
