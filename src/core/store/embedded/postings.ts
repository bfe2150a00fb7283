import type { LexicalVector } from '#core/domain/lexicalVector';
import { TermNumbers } from './termNumbers.ts';

/** A term's documents: ascending numbers with how often the term occurs in each (at most 255). */
export interface PostingList {
	readonly documents: ArrayLike<number>;
	readonly counts: ArrayLike<number>;
	readonly length: number;
}

/** Lengths of the arrays of frozen postings. */
export interface PostingSizes {
	readonly terms: number;
	readonly built: number;
	readonly recent: number;
}

/** Documents that came since the last build are kept in small lists beside it; above this share of all, everything is built anew. */
const REBUILD_SHARE = 0.15;
const REBUILD_MINIMUM = 2_000;

/**
 * Postings of one field in typed arrays, about five bytes a posting. Documents are numbered from 0 and only added at the end; which of
 * them are dead is the caller's knowledge. Lists of a term are given as one or two parts: what was built, and what came since.
 */
export class Postings {
	#hashes = new Uint32Array(0);
	#offsets = new Uint32Array(1);
	#documents = new Uint32Array(0);
	#counts = new Uint8Array(0);
	#recent = new Map<number, { readonly documents: number[]; readonly counts: number[] }>();
	#recentSize = 0;
	/** What awaits the next commit, a posting an entry. */
	#pendingHashes = new Uint32Array(0);
	#pendingDocuments = new Uint32Array(0);
	#pendingCounts = new Uint8Array(0);
	#pendingSize = 0;

	/** Notes a document; it is found after the next `commit`. Numbers must ascend. */
	add(document: number, vector: LexicalVector): void {
		const size = this.#pendingSize + vector.hashes.length;
		if (size > this.#pendingHashes.length) this.#reservePending(Math.max(256, Math.ceil(size * 1.5)));
		for (let i = 0; i < vector.hashes.length; i++) {
			const at = this.#pendingSize + i;
			this.#pendingHashes[at] = vector.hashes[i] as number;
			this.#pendingDocuments[at] = document;
			this.#pendingCounts[at] = Math.min(vector.counts[i] as number, 255);
		}
		this.#pendingSize = size;
	}

	/** Makes what was added findable. */
	commit(): void {
		const added = this.#pendingSize;
		if (added === 0) return;
		if (this.#recentSize + added > Math.max(REBUILD_MINIMUM, this.#documents.length * REBUILD_SHARE)) this.#rebuild();
		else this.#append();
		this.#pendingSize = 0;
		if (this.#pendingHashes.length > REBUILD_MINIMUM) this.#reservePending(0);
	}

	/** What is findable, as arrays in the order in which `Postings.restore` reads them. They stay as they are when more is added. */
	freeze(): { readonly sizes: PostingSizes; readonly arrays: readonly ArrayBufferView[] } {
		const recent = [...this.#recent].flatMap(([hash, { documents, counts }]) => documents.map((document, i) => [hash, document, counts[i] as number] as const));
		// They are added again in this order, and documents must ascend within a term.
		recent.sort((a, b) => a[1] - b[1]);
		return {
			sizes: { terms: this.#hashes.length, built: this.#documents.length, recent: recent.length },
			arrays: [
				this.#hashes,
				this.#offsets,
				this.#documents,
				this.#counts,
				Uint32Array.from(recent, ([hash]) => hash),
				Uint32Array.from(recent, ([, document]) => document),
				Uint8Array.from(recent, ([, , count]) => count),
			],
		};
	}

	/** Postings as they were frozen; `read` fills one array after the other. */
	static restore({ terms, built, recent }: PostingSizes, read: (into: ArrayBufferView) => void): Postings {
		const postings = new Postings();
		postings.#hashes = new Uint32Array(terms);
		postings.#offsets = new Uint32Array(terms + 1);
		postings.#documents = new Uint32Array(built);
		postings.#counts = new Uint8Array(built);
		postings.#pendingHashes = new Uint32Array(recent);
		postings.#pendingDocuments = new Uint32Array(recent);
		postings.#pendingCounts = new Uint8Array(recent);
		postings.#pendingSize = recent;
		for (const array of [postings.#hashes, postings.#offsets, postings.#documents, postings.#counts]) read(array);
		for (const array of [postings.#pendingHashes, postings.#pendingDocuments, postings.#pendingCounts]) read(array);
		return postings;
	}

	lists(hash: number): PostingList[] {
		const lists: PostingList[] = [];
		const index = this.#find(hash);
		if (index >= 0) {
			const start = this.#offsets[index] as number;
			const end = this.#offsets[index + 1] as number;
			lists.push({
				documents: this.#documents.subarray(start, end),
				counts: this.#counts.subarray(start, end),
				length: end - start,
			});
		}
		const recent = this.#recent.get(hash);
		if (recent) lists.push({ ...recent, length: recent.documents.length });
		return lists;
	}

	#find(hash: number): number {
		let low = 0;
		let high = this.#hashes.length - 1;
		while (low <= high) {
			const middle = (low + high) >>> 1;
			const value = this.#hashes[middle] as number;
			if (value === hash) return middle;
			if (value < hash) low = middle + 1;
			else high = middle - 1;
		}
		return -1;
	}

	#reservePending(size: number): void {
		const grown = <T extends Uint32Array | Uint8Array>(from: T, to: T): T => {
			to.set(from.subarray(0, this.#pendingSize));
			return to;
		};
		this.#pendingHashes = grown(this.#pendingHashes, new Uint32Array(size));
		this.#pendingDocuments = grown(this.#pendingDocuments, new Uint32Array(size));
		this.#pendingCounts = grown(this.#pendingCounts, new Uint8Array(size));
	}

	#append(): void {
		for (let at = 0; at < this.#pendingSize; at++) {
			const hash = this.#pendingHashes[at] as number;
			let list = this.#recent.get(hash);
			if (!list) {
				list = { documents: [], counts: [] };
				this.#recent.set(hash, list);
			}
			list.documents.push(this.#pendingDocuments[at] as number);
			list.counts.push(this.#pendingCounts[at] as number);
		}
		this.#recentSize += this.#pendingSize;
	}

	/** Counting sort by term: count, add up, fill. Documents ascend within a term because they come in that order. */
	#rebuild(): void {
		const terms = new TermNumbers(this.#hashes.length);
		for (let i = 0; i < this.#hashes.length; i++) terms.count(this.#hashes[i] as number, (this.#offsets[i + 1] as number) - (this.#offsets[i] as number));
		for (const [hash, { documents }] of this.#recent) terms.count(hash, documents.length);
		for (let at = 0; at < this.#pendingSize; at++) terms.count(this.#pendingHashes[at] as number, 1);

		const { hashes, offsets } = terms.place();
		const documents = new Uint32Array(this.#documents.length + this.#recentSize + this.#pendingSize);
		const counts = new Uint8Array(documents.length);
		const put = (hash: number, document: number, count: number) => {
			const at = terms.next(hash);
			documents[at] = document;
			counts[at] = count;
		};
		for (let i = 0; i < this.#hashes.length; i++) {
			const hash = this.#hashes[i] as number;
			for (let at = this.#offsets[i] as number; at < (this.#offsets[i + 1] as number); at++) put(hash, this.#documents[at] as number, this.#counts[at] as number);
		}
		for (const [hash, list] of this.#recent) for (let i = 0; i < list.documents.length; i++) put(hash, list.documents[i] as number, list.counts[i] as number);
		for (let at = 0; at < this.#pendingSize; at++) put(this.#pendingHashes[at] as number, this.#pendingDocuments[at] as number, this.#pendingCounts[at] as number);
		this.#hashes = hashes;
		this.#offsets = offsets;
		this.#documents = documents;
		this.#counts = counts;
		this.#recent = new Map();
		this.#recentSize = 0;
	}
}
