/** Keeps the best of many scored items in a small heap; ties go to the smaller item. */
export class TopScores {
	readonly #limit: number;
	readonly #items: number[] = [];
	readonly #scores: number[] = [];

	constructor(limit: number) {
		this.#limit = limit;
	}

	/** A score must be above this to be worth adding. */
	get threshold(): number {
		return this.#items.length < this.#limit ? Number.NEGATIVE_INFINITY : (this.#scores[0] ?? Number.NEGATIVE_INFINITY) - Number.EPSILON;
	}

	add(item: number, score: number): void {
		if (this.#limit === 0) return;
		if (this.#items.length < this.#limit) {
			this.#items.push(item);
			this.#scores.push(score);
			this.#up(this.#items.length - 1);
		} else if (isWorse(this.#scores[0] as number, this.#items[0] as number, score, item)) {
			this.#items[0] = item;
			this.#scores[0] = score;
			this.#down();
		}
	}

	/** Best first. */
	descending(): { readonly item: number; readonly score: number }[] {
		return this.#items.map((item, index) => ({ item, score: this.#scores[index] as number })).sort((a, b) => b.score - a.score || a.item - b.item);
	}

	#up(start: number): void {
		for (let index = start; index > 0; ) {
			const parent = (index - 1) >> 1;
			if (!this.#isBefore(index, parent)) return;
			this.#swap(index, parent);
			index = parent;
		}
	}

	#down(): void {
		for (let index = 0; ; ) {
			const left = 2 * index + 1;
			let first = index;
			if (left < this.#items.length && this.#isBefore(left, first)) first = left;
			if (left + 1 < this.#items.length && this.#isBefore(left + 1, first)) first = left + 1;
			if (first === index) return;
			this.#swap(index, first);
			index = first;
		}
	}

	/** The root is the worst of the kept. */
	#isBefore(a: number, b: number): boolean {
		return isWorse(this.#scores[a] as number, this.#items[a] as number, this.#scores[b] as number, this.#items[b] as number);
	}

	#swap(a: number, b: number): void {
		[this.#items[a], this.#items[b]] = [this.#items[b] as number, this.#items[a] as number];
		[this.#scores[a], this.#scores[b]] = [this.#scores[b] as number, this.#scores[a] as number];
	}
}

function isWorse(scoreA: number, itemA: number, scoreB: number, itemB: number): boolean {
	return scoreA < scoreB || (scoreA === scoreB && itemA > itemB);
}
