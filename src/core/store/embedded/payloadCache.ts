import type { CollectionName, PayloadOf } from '#core/domain/collection';

interface CachedPoint {
	readonly id: string;
	readonly payload: PayloadOf[CollectionName];
}

/** Points kept: one question reads about 400, and the next one about the same code many of them again. */
const CAPACITY = 2_000;

/** Parsed payloads by row, for one state of the database. The least recently used go first. */
export class PayloadCache {
	readonly #points = new Map<number, CachedPoint>();
	#version = '';

	/** Call before reading: forgets everything when the database is at another version. */
	use(version: string): void {
		if (version === this.#version) return;
		this.#version = version;
		this.#points.clear();
	}

	/** The point of a row, read when it is not known; null where the row is gone. */
	get(row: number, read: () => CachedPoint | null): CachedPoint | null {
		const known = this.#points.get(row);
		if (known) {
			this.#points.delete(row);
			this.#points.set(row, known);
			return known;
		}
		const found = read();
		if (!found) return null;
		this.#points.set(row, found);
		if (this.#points.size > CAPACITY) {
			const [oldest] = this.#points.keys();
			if (oldest !== undefined) this.#points.delete(oldest);
		}
		return found;
	}

	clear(): void {
		this.#points.clear();
	}
}
