/** Where a point is, without its payload. */
export interface PointPlace {
	readonly id: string;
	readonly filePath: string;
}

/** Points kept: one question ranks some 500, and asks for most of them again by id. */
const CAPACITY = 4_000;

/** Places by row and rows by id, for one state of the database. All go when there are too many, or the state is another. */
export class PlaceCache {
	readonly #places = new Map<number, PointPlace>();
	readonly #rows = new Map<string, number>();
	#version = '';

	/** Call before reading. */
	use(version: string): void {
		if (version === this.#version && this.#places.size < CAPACITY) return;
		this.#version = version;
		this.#places.clear();
		this.#rows.clear();
	}

	/** The place of a row, read when it is not known; null where the row is gone. */
	get(row: number, read: () => PointPlace | null): PointPlace | null {
		const known = this.#places.get(row);
		if (known) return known;
		const place = read();
		if (place) {
			this.#places.set(row, place);
			this.#rows.set(place.id, row);
		}
		return place;
	}

	/** The row of a point whose place is known. */
	rowOf(id: string): number | undefined {
		return this.#rows.get(id);
	}
}
