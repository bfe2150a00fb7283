import type { ClockPort } from '#core/ports';

/** How long the coordinator may be deaf to everything else. */
const LONGEST_MS = 25;

/** A function to await now and then in a long loop: it lets everything else have its turn when there was none for a while. */
export function createBreath(clock: ClockPort): () => Promise<void> {
	let lastMs = clock.nowMs();
	return async () => {
		if (clock.nowMs() - lastMs < LONGEST_MS) return;
		await clock.delay(0);
		lastMs = clock.nowMs();
	};
}
