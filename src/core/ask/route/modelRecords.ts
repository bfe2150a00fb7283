import type { RouteExperience, WorkKind } from '#core/domain/route';

/** Outcomes of a model after which an older one counts half. */
const HALF_LIFE = 400;
/** Outcomes that the presumption is worth, and those that the record over all kinds of work is worth for one kind. */
const INERTIA = 10;
const KIND_INERTIA = 40;

interface Tally {
	weight: number;
	surplus: number;
}

/**
 * What each model has done better or worse than presumed, over all and per kind of work. Old outcomes fade with new ones of the same model,
 * so a model that was replaced behind its name is judged anew.
 */
export class ModelRecords {
	readonly #tallies = new Map<string, Tally>();

	add({ modelId, success, prior, weight, features }: Pick<RouteExperience, 'modelId' | 'success' | 'prior' | 'weight' | 'features'>): void {
		for (const key of [modelId, `${modelId}\n${features.workKind}`]) {
			const tally = this.#tallies.get(key) ?? { weight: 0, surplus: 0 };
			const kept = 0.5 ** (weight / HALF_LIFE);
			tally.weight = tally.weight * kept + weight;
			tally.surplus = tally.surplus * kept + weight * (success - prior);
			this.#tallies.set(key, tally);
		}
	}

	/** Expected success above what is presumed, -1 to 1. A kind with few outcomes leans on the model's other work, that on nothing. */
	surplus(modelId: string, kind: WorkKind): number {
		const all = this.#tallies.get(modelId);
		const mean = all ? all.surplus / (all.weight + INERTIA) : 0;
		const some = this.#tallies.get(`${modelId}\n${kind}`);
		return some ? (some.surplus + KIND_INERTIA * mean) / (some.weight + KIND_INERTIA) : mean;
	}

	clear(): void {
		this.#tallies.clear();
	}
}
