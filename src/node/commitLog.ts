import type { CommittedFile, PastCommit } from '#core/domain/pastCommit';

/** Bytes of a message or a path that are kept; a longer path is no file. */
const MOST_BYTES = 4_096;
/** Files of a commit that are kept. */
const MOST_FILES = 10_000;

/** Arguments of `git` for the messages of the last commits up to `revision`, and the files that each wrote; what it prints is read by `CommitLog`. */
export function commitLog(commits: number, revision: string): readonly string[] {
	return [
		...['log', `-n${commits}`, '--no-merges', '--format=%H%x00%B%x00', '--encoding=UTF-8', '--no-show-signature', '--no-ext-diff', '--no-textconv'],
		// Only files that moved as they are: to find others git would have to read what is in them.
		...['--name-status', '-z', '--find-renames=100%', '--relative', revision, '--', '.'],
	];
}

type Expected = 'commit' | 'message' | 'state' | 'path' | 'old-path' | 'new-path';

/**
 * Reads what `commitLog` prints, in pieces as they come. Neither a message nor a path can contain the zero byte that ends it, so that no text in
 * them is taken for anything else; what is too long is dropped, not kept.
 */
export class CommitLog {
	#field: Buffer[] = [];
	#size = 0;
	#expected: Expected = 'commit';
	#state = '';
	#from = '';
	#message: string | null = null;
	#files: CommittedFile[] = [];
	#read: PastCommit[] = [];

	/** Takes the next piece; gives the commits that are complete. */
	push(piece: Buffer): readonly PastCommit[] {
		for (let start = 0; start < piece.length; ) {
			const end = piece.indexOf(0, start);
			const part = piece.subarray(start, end < 0 ? piece.length : end);
			if (part.length > 0 && this.#size < MOST_BYTES) this.#field.push(Buffer.from(part.subarray(0, MOST_BYTES - this.#size)));
			this.#size += part.length;
			if (end < 0) break;
			this.#take(Buffer.concat(this.#field).toString('utf8'));
			this.#field = [];
			this.#size = 0;
			start = end + 1;
		}
		return this.#read.splice(0);
	}

	/** The last commit, when all was printed. */
	end(): readonly PastCommit[] {
		this.#finish();
		return this.#read.splice(0);
	}

	#take(field: string): void {
		if (this.#expected === 'message') {
			this.#message = field;
			this.#expected = 'state';
		} else if (this.#expected === 'old-path') {
			this.#from = field;
			this.#expected = 'new-path';
		} else if (this.#expected === 'path' || this.#expected === 'new-path') {
			if (this.#size < MOST_BYTES && this.#files.length < MOST_FILES && this.#state !== 'D') {
				this.#files.push({ path: field, from: this.#state === 'R' ? this.#from : null });
			}
			this.#expected = 'state';
		} else this.#takeMark(field.trim());
	}

	/** A commit's hash, or what happened to a file. */
	#takeMark(mark: string): void {
		if (/^[\da-f]{40,64}$/.test(mark)) {
			this.#finish();
			this.#expected = 'message';
		} else if (/^[A-Z]\d*$/.test(mark) && this.#message !== null) {
			this.#state = mark.charAt(0);
			this.#expected = this.#state === 'R' || this.#state === 'C' ? 'old-path' : 'path';
		}
	}

	#finish(): void {
		if (this.#message !== null) this.#read.push({ message: this.#message, files: this.#files });
		this.#message = null;
		this.#files = [];
	}
}
