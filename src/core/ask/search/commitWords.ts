import { inverseFrequency, termSaturation } from '#core/domain/bm25';
import type { PastCommit } from '#core/domain/pastCommit';
import { termVector } from '#core/domain/terms';
import type { AnalysedQuestion } from './analyseQuestion.ts';

/** A commit that writes more files is not about one thing: it says nothing of any. */
const MOST_FILES = 20;
/** Characters of a message that count, and words of all messages: more than 10,000 commits with messages of 200 words have. */
const MOST_TEXT = 2_000;
const MOST_WORDS = 2_000_000;
/** Moves that are followed. */
const MOST_MOVES = 100_000;
/** Lines of a message that tell who and where, not what. */
const TRAILER = /^(?:co-authored-by|signed-off-by|reviewed-by|acked-by|tested-by|change-id|git-svn-id|\(cherry picked).*$/gim;
/** A posting is commit × COUNTS + count. */
const COUNTS = 16;

/** Files by how well the messages of the commits that wrote them fit a question: its first line alone, and all of it. Only files that fit are there. */
export interface CommitFit {
	readonly byTitle: ReadonlyMap<string, number>;
	readonly byText: ReadonlyMap<string, number>;
}

/**
 * The words of commits' messages by the files that the commits wrote, in memory: all messages of a file are one document, in which a commit of n
 * files counts 1/√n. Holds hashes of words, no text.
 */
export class CommitWords {
	readonly #postings = new Map<number, number[]>();
	/** Files of commit i: those from `#starts[i]` to `#starts[i + 1]`. */
	readonly #starts: number[] = [0];
	readonly #files: number[] = [];
	readonly #numbers = new Map<string, number>();
	/** Words of a file's document. */
	readonly #lengths: number[] = [];
	readonly #moved = new Map<string, string>();
	#words = 0;

	/** How many commits it was made of. */
	get commits(): number {
		return this.#starts.length - 1;
	}

	/** Takes in a commit; the newest first, so that files of older ones are known by the names that they have now. */
	add({ message, files }: PastCommit): void {
		const paths = new Set(files.map(({ path }) => this.#moved.get(path) ?? path));
		for (const { path, from } of files) {
			if (from !== null && this.#moved.size < MOST_MOVES) this.#moved.set(from, this.#moved.get(path) ?? path);
		}
		if (paths.size === 0 || files.length > MOST_FILES) return;
		const { hashes, counts } = termVector(message.slice(0, MOST_TEXT).replace(TRAILER, ''));
		if (hashes.length === 0 || this.#words + hashes.length > MOST_WORDS) return;
		this.#words += hashes.length;
		const commit = this.commits;
		let length = 0;
		for (const [index, hash] of hashes.entries()) {
			const count = Math.min(counts[index] ?? 1, COUNTS - 1);
			const posting = commit * COUNTS + count;
			const known = this.#postings.get(hash);
			if (known) known.push(posting);
			else this.#postings.set(hash, [posting]);
			length += Math.sqrt(count);
		}
		for (const path of paths) {
			const file = this.#numberOf(path);
			this.#files.push(file);
			this.#lengths[file] = (this.#lengths[file] ?? 0) + length / Math.sqrt(paths.size);
		}
		this.#starts.push(this.#files.length);
	}

	/** How these files fit a question, by BM25. */
	fit({ text, terms }: Pick<AnalysedQuestion, 'text' | 'terms'>, files: Iterable<string>): CommitFit {
		const title = new Set(termVector(text.trim().split('\n', 1)[0] ?? '').hashes);
		const average = this.#lengths.reduce((sum, length) => sum + length, 0) / (this.#lengths.length || 1);
		const [counts, ofTitle, ofText] = [0, 0, 0].map(() => new Float64Array(this.#lengths.length)) as [Float64Array, Float64Array, Float64Array];
		for (const { hash, weight } of terms) {
			const postings = this.#postings.get(hash) ?? [];
			const rarity = inverseFrequency(this.commits, postings.length);
			const isOfTitle = title.has(hash);
			for (const file of this.#count(postings, counts)) {
				const worth = rarity * termSaturation(counts[file] ?? 0, this.#lengths[file] ?? 0, average);
				counts[file] = 0;
				ofText[file] = (ofText[file] ?? 0) + weight * worth;
				if (isOfTitle) ofTitle[file] = (ofTitle[file] ?? 0) + worth;
			}
		}
		const [byTitle, byText] = [new Map<string, number>(), new Map<string, number>()];
		for (const path of files) {
			const file = this.#numbers.get(path) ?? -1;
			if ((ofTitle[file] ?? 0) > 0) byTitle.set(path, ofTitle[file] ?? 0);
			if ((ofText[file] ?? 0) > 0) byText.set(path, ofText[file] ?? 0);
		}
		return { byTitle, byText };
	}

	/** Adds a word's occurrences to those of the files, which it gives. */
	#count(postings: readonly number[], counts: Float64Array): readonly number[] {
		const found: number[] = [];
		for (const posting of postings) {
			const commit = Math.floor(posting / COUNTS);
			const [start, end] = [this.#starts[commit] ?? 0, this.#starts[commit + 1] ?? 0];
			const worth = Math.sqrt((posting % COUNTS) / (end - start));
			for (let at = start; at < end; at++) {
				const file = this.#files[at] ?? 0;
				if (counts[file] === 0) found.push(file);
				counts[file] = (counts[file] ?? 0) + worth;
			}
		}
		return found;
	}

	#numberOf(path: string): number {
		const known = this.#numbers.get(path);
		if (known !== undefined) return known;
		const number = this.#numbers.size;
		this.#numbers.set(path, number);
		return number;
	}
}
