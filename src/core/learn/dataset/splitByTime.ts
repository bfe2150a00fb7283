import type { Remembered } from './chooseExamples.ts';

/** Examples in the order of time; the newest are held for validation, so that what is measured is the future. `share`: 0…0.5, rounded down. */
export function splitByTime(examples: readonly Remembered[], share: number): { readonly train: readonly Remembered[]; readonly held: readonly Remembered[] } {
	const ordered = [...examples].sort((a, b) => (a.payload.timestamp < b.payload.timestamp ? -1 : a.payload.timestamp > b.payload.timestamp ? 1 : a.id < b.id ? -1 : 1));
	const size = Math.floor(ordered.length * Math.max(0, Math.min(0.5, share)));
	return { train: ordered.slice(0, ordered.length - size), held: ordered.slice(ordered.length - size) };
}
