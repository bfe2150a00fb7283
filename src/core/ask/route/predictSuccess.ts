import type { RouteFeatures } from '#core/domain/route';
import type { ExperienceMemory, Neighbour } from './experienceMemory.ts';
import type { ModelRecords } from './modelRecords.ts';

/**
 * Variances: what questions alike have in common for all models, what a model does differently there, and the same for all questions. Chosen
 * on the rows that the bench `stream` does not report on (`--part choose`), where they matter little.
 */
const SHARED = 0.15;
const OWN = 0.2;
const SHARED_EVERYWHERE = 0.05;
const OWN_EVERYWHERE = 0.02;
/** Variance of one outcome around its probability. */
const NOISE = 0.15;
/** After so many outcomes, or so much time, an outcome is half as sure a sign. */
const HALF_LIFE_COUNT = 4000;
const HALF_LIFE_MS = 120 * 24 * 3600 * 1000;
/** Neighbours looked at for a model, and for all models together. */
const PER_MODEL = 32;
const MOST = 64;

export interface Presumption {
	readonly modelId: string;
	/** `priorSuccess` of the model and the question. */
	readonly prior: number;
}

export interface Prediction {
	readonly successProbability: number;
	/** Standard deviation. */
	readonly uncertainty: number;
}

/**
 * P(success) of each model on a question: what is presumed, plus the model's record on this kind of work, corrected by outcomes on similar
 * questions. The correction is a Gaussian process over the nearest neighbours (kriging; Rasmussen & Williams 2006, §2.2) whose covariance has
 * a part that models share, how hard such questions are, and a part of each model's own. So an outcome of one model also tells about the
 * others, and with no similar outcomes the presumption stands.
 */
export function predictSuccess(
	features: RouteFeatures,
	models: readonly Presumption[],
	learned: { readonly memory: ExperienceMemory; readonly records: ModelRecords; readonly nowMs: number },
): Prediction[] {
	const { memory, records, nowMs } = learned;
	const ids = models.map(({ modelId }) => modelId);
	const neighbours = memory.nearest(features, ids, Math.max(4, Math.min(PER_MODEL, Math.floor(MOST / Math.max(1, ids.length)))));
	const offsets = new Map(ids.map((id) => [id, records.surplus(id, features.workKind)]));
	const factor = factorise(neighbours, memory, nowMs);
	const targets = solveLower(
		factor,
		neighbours.map(({ surplus, modelId }) => surplus - (offsets.get(modelId) ?? 0)),
	);
	return models.map(({ modelId, prior }) => {
		const covariances = solveLower(
			factor,
			neighbours.map(({ likeness, modelId: other }) => covariance(likeness, other === modelId)),
		);
		let mean = prior + (offsets.get(modelId) ?? 0);
		let variance = covariance(1, true);
		for (const [index, value] of covariances.entries()) {
			mean += value * (targets[index] as number);
			variance -= value * value;
		}
		return { successProbability: Math.min(0.98, Math.max(0.02, mean)), uncertainty: Math.sqrt(Math.max(0, variance)) };
	});
}

const covariance = (likeness: number, isSameModel: boolean) => SHARED_EVERYWHERE + SHARED * likeness + (isSameModel ? OWN_EVERYWHERE + OWN * likeness : 0);

/** Cholesky factor of the neighbours' covariance, rows one after another. */
function factorise(neighbours: readonly Neighbour[], memory: ExperienceMemory, nowMs: number): Float64Array {
	const n = neighbours.length;
	const factor = new Float64Array(n * n);
	for (const [i, a] of neighbours.entries()) {
		for (let j = 0; j <= i; j++) {
			const b = neighbours[j] as Neighbour;
			let rest = covariance(i === j ? 1 : memory.likeness(a.slot, b.slot), a.modelId === b.modelId);
			if (i === j) rest += (NOISE / a.weight) * 2 ** Math.min(30, a.ageCount / HALF_LIFE_COUNT + Math.max(0, nowMs - a.timeMs) / HALF_LIFE_MS);
			for (let k = 0; k < j; k++) rest -= (factor[i * n + k] as number) * (factor[j * n + k] as number);
			factor[i * n + j] = i === j ? Math.sqrt(Math.max(1e-9, rest)) : rest / (factor[j * n + j] as number);
		}
	}
	return factor;
}

/** Solves L x = b. */
function solveLower(factor: Float64Array, values: readonly number[]): Float64Array {
	const n = values.length;
	const solution = new Float64Array(n);
	for (let i = 0; i < n; i++) {
		let rest = values[i] as number;
		for (let j = 0; j < i; j++) rest -= (factor[i * n + j] as number) * (solution[j] as number);
		solution[i] = rest / (factor[i * n + i] as number);
	}
	return solution;
}
