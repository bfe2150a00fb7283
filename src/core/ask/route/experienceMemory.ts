import type { RouteExperience, RouteFeatures } from '#core/domain/route';
import { PLAIN_COUNT } from './features.ts';

/** How fast likeness falls with the angle between two questions' vectors, and with the squared distance of their forms. */
const MEANING_RATE = 2;
const FORM_RATE = 1 / 8;
/** Cosine presumed of two questions when one has no vector, or one of another model. */
const UNKNOWN_COSINE = 0.5;

/** A remembered outcome beside its likeness (0 to 1) to the question asked about. */
export interface Neighbour {
	readonly slot: number;
	readonly modelId: string;
	readonly likeness: number;
	/** Success above what was presumed. */
	readonly surplus: number;
	readonly weight: number;
	/** Outcomes that came in since, and milliseconds gone by at `nowMs`. */
	readonly ageCount: number;
	readonly timeMs: number;
}

/**
 * The newest outcomes, in typed arrays that are scanned whole: some thousand questions take a few milliseconds. What is older than the
 * capacity is forgotten. Vectors have the dimension of the first that came in.
 */
export class ExperienceMemory {
	readonly #capacity: number;
	readonly #slots = new Map<string, number>();
	#entries: (RouteExperience & { readonly ordinal: number })[] = [];
	#plain = new Float32Array(0);
	#vectors = new Float32Array(0);
	#dimension = 0;
	#next = 0;
	#ordinal = 0;

	constructor(capacity: number) {
		this.#capacity = capacity;
	}

	get size(): number {
		return this.#entries.length;
	}

	/** Number of outcomes that ever came in. */
	get ordinal(): number {
		return this.#ordinal;
	}

	/** Oldest first, no order among replaced ones. */
	entries(): readonly RouteExperience[] {
		return [...this.#entries].sort((a, b) => a.ordinal - b.ordinal);
	}

	/** Adds an outcome, or replaces the one of the same interaction and model, which is returned. */
	add(experience: RouteExperience): RouteExperience | undefined {
		const key = keyOf(experience);
		const known = this.#slots.get(key);
		const slot = known ?? (this.#entries.length < this.#capacity ? this.#entries.length : this.#next);
		const replaced = this.#entries[slot];
		const ordinal = known === undefined || !replaced ? this.#ordinal++ : replaced.ordinal;
		if (known === undefined) {
			if (replaced) this.#slots.delete(keyOf(replaced));
			this.#next = (slot + 1) % this.#capacity;
		}
		this.#slots.set(key, slot);
		this.#entries[slot] = { ...experience, ordinal };
		this.#write(slot, experience.features);
		return known === undefined ? undefined : replaced;
	}

	/** For each of the models, its `count` outcomes on the questions most like this one. */
	nearest(features: RouteFeatures, modelIds: readonly string[], count: number): Neighbour[] {
		const best = new Map(modelIds.map((id) => [id, new Nearest(count)]));
		for (let slot = 0; slot < this.#entries.length; slot++) {
			const entry = this.#entries[slot];
			const list = entry && best.get(entry.modelId);
			if (entry && list && entry.weight > 0) list.offer(slot, this.#exponent(features, slot, entry));
		}
		return [...best.values()].flatMap((list) => list.slots).map(([slot, exponent]) => this.#neighbour(slot, Math.exp(exponent)));
	}

	/** Likeness of two remembered questions, 0 to 1. */
	likeness(a: number, b: number): number {
		const entry = this.#entries[a];
		const other = this.#entries[b];
		return entry && other ? Math.exp(this.#exponent(entry.features, b, other)) : 0;
	}

	clear(): void {
		this.#slots.clear();
		this.#entries = [];
		this.#dimension = 0;
		this.#vectors = new Float32Array(0);
		this.#next = 0;
		this.#ordinal = 0;
	}

	#neighbour(slot: number, likeness: number): Neighbour {
		const { modelId, success, prior, weight, ordinal, timeMs } = this.#entries[slot] as RouteExperience & { ordinal: number };
		return { slot, modelId, likeness, surplus: success - prior, weight, ageCount: this.#ordinal - ordinal, timeMs };
	}

	#exponent(features: RouteFeatures, slot: number, { features: { vector } }: RouteExperience): number {
		let distance = 0;
		for (let i = 0, at = slot * PLAIN_COUNT; i < PLAIN_COUNT; i++, at++) {
			const difference = (features.plain[i] as number) - (this.#plain[at] as number);
			distance += difference * difference;
		}
		let cosine = UNKNOWN_COSINE;
		if (features.vector && vector?.modelId === features.vector.modelId && features.vector.values.length === this.#dimension) {
			const { values } = features.vector;
			cosine = 0;
			for (let i = 0, at = slot * this.#dimension; i < values.length; i++, at++) cosine += (values[i] as number) * (this.#vectors[at] as number);
		}
		return -MEANING_RATE * Math.max(0, 1 - cosine) - FORM_RATE * distance;
	}

	#write(slot: number, { plain, vector }: RouteFeatures): void {
		this.#plain = grownTo(this.#plain, (slot + 1) * PLAIN_COUNT, this.#capacity * PLAIN_COUNT);
		this.#plain.set(plain.subarray(0, PLAIN_COUNT), slot * PLAIN_COUNT);
		if (this.#dimension === 0 && vector) this.#dimension = vector.values.length;
		this.#vectors = grownTo(this.#vectors, (slot + 1) * this.#dimension, this.#capacity * this.#dimension);
		if (vector?.values.length === this.#dimension) this.#vectors.set(vector.values, slot * this.#dimension);
		else this.#vectors.fill(0, slot * this.#dimension, (slot + 1) * this.#dimension);
	}
}

/** The best few of many, in order. */
class Nearest {
	readonly slots: [number, number][] = [];
	readonly #count: number;

	constructor(count: number) {
		this.#count = count;
	}

	offer(slot: number, exponent: number): void {
		if (this.slots.length === this.#count && exponent <= (this.slots.at(-1)?.[1] ?? 0)) return;
		let at = this.slots.length;
		while (at > 0 && (this.slots[at - 1]?.[1] ?? 0) < exponent) at--;
		this.slots.splice(at, 0, [slot, exponent]);
		if (this.slots.length > this.#count) this.slots.pop();
	}
}

const keyOf = ({ interactionId, modelId }: RouteExperience) => `${interactionId}\n${modelId}`;

/** The same numbers in an array that is long enough: twice as long as needed, at most `most`. */
function grownTo(values: Float32Array, needed: number, most: number): Float32Array<ArrayBuffer> {
	if (values.length >= needed) return values as Float32Array<ArrayBuffer>;
	const grown = new Float32Array(Math.max(needed, Math.min(most, 2 * needed)));
	grown.set(values);
	return grown;
}
