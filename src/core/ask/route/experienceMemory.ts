import type { RouteExperience, RouteFeatures } from '#core/domain/route';
import { PLAIN_COUNT } from './features.ts';

/** How fast likeness falls with the angle between two questions' vectors, and with the squared distance of their forms. */
const MEANING_RATE = 2;
const FORM_RATE = 1 / 8;
/** How much nearer a new outcome counts than one before it, so that of outcomes on the same question the newest are looked at. */
const AGE_RATE = 1 / 4000;
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
	readonly #names = new Map<string, number>();
	#entries: (RouteExperience & { readonly ordinal: number })[] = [];
	/** A slot's answering model and its vector's model, by number; -1: none. */
	readonly #models: Int32Array;
	readonly #vectorModels: Int32Array;
	/** When an entry came in, counted in outcomes. */
	readonly #ordinals: Float64Array;
	#plain = new Float32Array(0);
	#vectors = new Float32Array(0);
	#dimension = 0;
	#next = 0;
	#ordinal = 0;

	constructor(capacity: number) {
		this.#capacity = capacity;
		this.#models = new Int32Array(capacity).fill(-1);
		this.#vectorModels = new Int32Array(capacity).fill(-1);
		this.#ordinals = new Float64Array(capacity);
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
		this.#ordinals[slot] = ordinal;
		this.#models[slot] = experience.weight > 0 ? this.#number(experience.modelId) : -1;
		this.#write(slot, experience.features);
		return known === undefined ? undefined : replaced;
	}

	/** Outcomes that are remembered of a model. */
	countOf(modelId: string): number {
		const number = this.#names.get(modelId);
		return number === undefined ? 0 : this.#models.reduce((count, other) => count + Number(other === number), 0);
	}

	/** For each of the models, its `count` outcomes on the questions most like this one, the newer of two alike first. */
	nearest(features: RouteFeatures, modelIds: readonly string[], count: number): Neighbour[] {
		const lists: (Nearest | undefined)[] = [];
		for (const id of modelIds) lists[this.#number(id)] = new Nearest(count);
		const question = this.#questionOf(features);
		for (let slot = 0; slot < this.#entries.length; slot++) {
			const list = lists[this.#models[slot] as number];
			if (!list) continue;
			// Most are too different in form alone: then their vectors need not be looked at.
			const form = -FORM_RATE * this.#formDistance(question, slot) - AGE_RATE * (this.#ordinal - (this.#ordinals[slot] as number));
			if (form > list.least) list.offer(slot, form - MEANING_RATE * (1 - this.#cosine(question, slot)));
		}
		return lists.flatMap((list) => list?.ranked() ?? []).map((slot) => this.#neighbour(slot, this.#likenessOf(question, slot)));
	}

	/** Likeness of two remembered questions, 0 to 1. */
	likeness(a: number, b: number): number {
		const entry = this.#entries[a];
		if (!entry) return 0;
		return this.#likenessOf(this.#questionOf(entry.features), b);
	}

	clear(): void {
		this.#slots.clear();
		this.#names.clear();
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

	#number(name: string): number {
		const known = this.#names.get(name) ?? this.#names.size;
		this.#names.set(name, known);
		return known;
	}

	/** What a question is compared by; the vector is left out where it has another length than the remembered ones. */
	#questionOf({ plain, vector }: RouteFeatures): Question {
		const fits = vector !== null && vector.values.length === this.#dimension;
		return fits ? { plain, values: vector.values, vectorModel: this.#number(vector.modelId) } : { plain, values: NONE, vectorModel: -1 };
	}

	#likenessOf(question: Question, slot: number): number {
		return Math.exp(-FORM_RATE * this.#formDistance(question, slot) - MEANING_RATE * (1 - this.#cosine(question, slot)));
	}

	#formDistance({ plain }: Question, slot: number): number {
		const others = this.#plain;
		let distance = 0;
		for (let i = 0, at = slot * PLAIN_COUNT; i < PLAIN_COUNT; i++, at++) {
			const difference = (plain[i] as number) - (others[at] as number);
			distance += difference * difference;
		}
		return distance;
	}

	#cosine({ values, vectorModel }: Question, slot: number): number {
		if (vectorModel < 0 || this.#vectorModels[slot] !== vectorModel) return UNKNOWN_COSINE;
		return Math.min(1, dotProduct(values, this.#vectors, slot * this.#dimension));
	}

	#write(slot: number, { plain, vector }: RouteFeatures): void {
		this.#plain = grownTo(this.#plain, (slot + 1) * PLAIN_COUNT, this.#capacity * PLAIN_COUNT);
		this.#plain.set(plain.subarray(0, PLAIN_COUNT), slot * PLAIN_COUNT);
		if (this.#dimension === 0 && vector) this.#dimension = vector.values.length;
		this.#vectors = grownTo(this.#vectors, (slot + 1) * this.#dimension, this.#capacity * this.#dimension);
		const fits = vector?.values.length === this.#dimension;
		this.#vectorModels[slot] = fits ? this.#number(vector.modelId) : -1;
		if (fits) this.#vectors.set(vector.values, slot * this.#dimension);
	}
}

interface Question {
	readonly plain: Float32Array;
	readonly values: Float32Array;
	readonly vectorModel: number;
}

const NONE = new Float32Array(0);

/** The best few of many, best first. */
class Nearest {
	readonly #slots: Int32Array;
	readonly #exponents: Float64Array;
	#count = 0;
	/** What must be exceeded to get in. */
	least = Number.NEGATIVE_INFINITY;

	constructor(capacity: number) {
		this.#slots = new Int32Array(capacity);
		this.#exponents = new Float64Array(capacity);
	}

	offer(slot: number, exponent: number): void {
		if (exponent <= this.least) return;
		if (this.#count < this.#slots.length) this.#count++;
		let at = this.#count - 1;
		for (; at > 0 && (this.#exponents[at - 1] as number) < exponent; at--) {
			this.#exponents[at] = this.#exponents[at - 1] as number;
			this.#slots[at] = this.#slots[at - 1] as number;
		}
		this.#exponents[at] = exponent;
		this.#slots[at] = slot;
		if (this.#count === this.#slots.length) this.least = this.#exponents[this.#count - 1] as number;
	}

	ranked(): readonly number[] {
		return [...this.#slots.subarray(0, this.#count)];
	}
}

/** Of `values` and as many numbers from `at` on: four sums side by side, as the processor likes it. */
function dotProduct(values: Float32Array, others: Float32Array, at: number): number {
	let a = 0;
	let b = 0;
	let c = 0;
	let d = 0;
	let i = 0;
	for (; i + 3 < values.length; i += 4) {
		a += (values[i] as number) * (others[at + i] as number);
		b += (values[i + 1] as number) * (others[at + i + 1] as number);
		c += (values[i + 2] as number) * (others[at + i + 2] as number);
		d += (values[i + 3] as number) * (others[at + i + 3] as number);
	}
	for (; i < values.length; i++) a += (values[i] as number) * (others[at + i] as number);
	return a + b + c + d;
}

const keyOf = ({ interactionId, modelId }: RouteExperience) => `${interactionId}\n${modelId}`;

/** The same numbers in an array that is long enough: twice as long as needed, at most `most`. */
function grownTo(values: Float32Array, needed: number, most: number): Float32Array<ArrayBuffer> {
	if (values.length >= needed) return values as Float32Array<ArrayBuffer>;
	const grown = new Float32Array(Math.max(needed, Math.min(most, 2 * needed)));
	grown.set(values);
	return grown;
}
