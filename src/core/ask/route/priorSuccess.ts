import type { RoutableModel } from '#core/domain/route';

/** Difficulty at which a question is neither easy nor hard, and how far around it that changes. */
const MIDDLE = 6.5;
const SPREAD = 1.5;

/** What a remote model of unknown size is presumed to be able to do, and a local one. */
const REMOTE = 0.85;
const LOCAL = 0.2;

/** 0 to 0.95: what a model is presumed to be able to do, from its size alone. 7 billion parameters are 0.2, 70 billion 0.55. */
export function capabilityOf({ sizeBillions, isRemote, roles }: Pick<RoutableModel, 'sizeBillions' | 'isRemote' | 'roles'>): number {
	const known = sizeBillions !== null && sizeBillions > 0 ? 0.2 + 0.35 * Math.log10(sizeBillions / 7) : isRemote ? REMOTE : LOCAL;
	return Math.min(0.95, Math.max(0.02, known + (roles.includes('reasoning') ? 0.1 : 0)));
}

/**
 * P(success) on the first day, when nothing is known but the model's size and how hard the question looks: a small model is good at what is
 * easy and bad at what is hard, a large one differs less.
 */
export function priorSuccess(capability: number, difficulty: number): number {
	const hardness = Math.tanh((difficulty - MIDDLE) / SPREAD);
	return Math.min(0.98, Math.max(0.02, 0.55 + 0.1 * capability - 0.5 * (1 - capability) * hardness));
}
