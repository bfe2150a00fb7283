import { nearness, type Remembered } from './chooseExamples.ts';

/** A question this near to one that is trained on would measure memory, not learning. */
const LEAKS_FROM = 0.95;

/**
 * Examples in the order of time; the newest are for validation, so that what is measured is the future. Those among them that were as good as
 * trained on are left out of it. `share`: 0…0.5 of all examples, rounded down.
 */
export function splitByTime(
	examples: readonly Remembered[],
	share: number,
): { readonly train: readonly Remembered[]; readonly validation: readonly Remembered[]; readonly leaking: readonly Remembered[] } {
	const ordered = [...examples].sort((a, b) => (a.payload.timestamp < b.payload.timestamp ? -1 : a.payload.timestamp > b.payload.timestamp ? 1 : a.id < b.id ? -1 : 1));
	const size = Math.floor(ordered.length * Math.max(0, Math.min(0.5, share)));
	const train = ordered.slice(0, ordered.length - size);
	const held = ordered.slice(ordered.length - size);
	const leaking = new Set(held.filter((one) => train.some((other) => nearness(one, other) >= LEAKS_FROM)));
	return { train, validation: held.filter((one) => !leaking.has(one)), leaking: [...leaking] };
}
