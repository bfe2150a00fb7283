import type { LexicalVector } from '#core/domain/lexicalVector';

/** A term's documents: ascending numbers with how often the term occurs in each (at most 255). */
export interface PostingList {
	readonly documents: ArrayLike<number>;
	readonly counts: ArrayLike<number>;
	readonly length: number;
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
	readonly #pending: { readonly document: number; readonly vector: LexicalVector }[] = [];

	/** Notes a document; it is found after the next `commit`. Numbers must ascend. */
	add(document: number, vector: LexicalVector): void {
		if (vector.hashes.length > 0) this.#pending.push({ document, vector });
	}

	/** Makes what was added findable. */
	commit(): void {
		if (this.#pending.length === 0) return;
		const added = this.#pending.reduce((sum, { vector }) => sum + vector.hashes.length, 0);
		if (this.#recentSize + added > Math.max(REBUILD_MINIMUM, this.#documents.length * REBUILD_SHARE)) this.#rebuild(added);
		else this.#append();
		this.#pending.length = 0;
	}

	lists(hash: number): PostingList[] {
		const lists: PostingList[] = [];
		const index = this.#find(hash);
		if (index >= 0) {
			const start = this.#offsets[index] as number;
			const end = this.#offsets[index + 1] as number;
			lists.push({ documents: this.#documents.subarray(start, end), counts: this.#counts.subarray(start, end), length: end - start });
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

	#append(): void {
		for (const { document, vector } of this.#pending) {
			for (let i = 0; i < vector.hashes.length; i++) {
				const hash = vector.hashes[i] as number;
				let list = this.#recent.get(hash);
				if (!list) {
					list = { documents: [], counts: [] };
					this.#recent.set(hash, list);
				}
				list.documents.push(document);
				list.counts.push(Math.min(vector.counts[i] as number, 255));
				this.#recentSize++;
			}
		}
	}

	/** Counting sort by term: count, add up, fill. Documents ascend within a term because they come in that order. */
	#rebuild(added: number): void {
		const sizes = new Map<number, number>();
		const grow = (hash: number, by: number) => sizes.set(hash, (sizes.get(hash) ?? 0) + by);
		for (let i = 0; i < this.#hashes.length; i++) grow(this.#hashes[i] as number, (this.#offsets[i + 1] as number) - (this.#offsets[i] as number));
		for (const [hash, { documents }] of this.#recent) grow(hash, documents.length);
		for (const { vector } of this.#pending) for (const hash of vector.hashes) grow(hash, 1);

		const hashes = Uint32Array.from(sizes.keys()).sort();
		const offsets = new Uint32Array(hashes.length + 1);
		const cursors = sizes;
		for (let i = 0; i < hashes.length; i++) {
			const hash = hashes[i] as number;
			offsets[i + 1] = (offsets[i] as number) + (sizes.get(hash) ?? 0);
			cursors.set(hash, offsets[i] as number);
		}
		const documents = new Uint32Array(this.#documents.length + this.#recentSize + added);
		const counts = new Uint8Array(documents.length);
		const put = (hash: number, document: number, count: number) => {
			const at = cursors.get(hash) as number;
			documents[at] = document;
			counts[at] = Math.min(count, 255);
			cursors.set(hash, at + 1);
		};
		for (let i = 0; i < this.#hashes.length; i++) {
			const hash = this.#hashes[i] as number;
			for (let at = this.#offsets[i] as number; at < (this.#offsets[i + 1] as number); at++) put(hash, this.#documents[at] as number, this.#counts[at] as number);
		}
		for (const [hash, list] of this.#recent) for (let i = 0; i < list.documents.length; i++) put(hash, list.documents[i] as number, list.counts[i] as number);
		for (const { document, vector } of this.#pending) {
			for (let i = 0; i < vector.hashes.length; i++) put(vector.hashes[i] as number, document, vector.counts[i] as number);
		}
		this.#hashes = hashes;
		this.#offsets = offsets;
		this.#documents = documents;
		this.#counts = counts;
		this.#recent = new Map();
		this.#recentSize = 0;
	}
}
