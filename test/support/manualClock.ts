import { CoordinatorError } from '#core/base/errors';
import type { ClockPort } from '#core/ports';

/** A clock that stands still until it is moved. */
export interface ManualClock extends ClockPort {
	/** Lets time pass; delays that are over by then end. */
	advance(ms: number): void;
	/** Delays that have neither ended nor been cancelled. */
	readonly waiting: number;
}

export function createManualClock(): ManualClock {
	let now = 0;
	const delays = new Set<{ readonly at: number; readonly end: () => void }>();
	return {
		nowMs: () => now,
		delay: (ms, signal) =>
			new Promise((resolve, reject) => {
				const cancel = () => {
					delays.delete(entry);
					reject(new CoordinatorError('cancelled', 'The wait was cancelled.'));
				};
				const entry = {
					at: now + ms,
					end: () => {
						delays.delete(entry);
						signal?.removeEventListener('abort', cancel);
						resolve();
					},
				};
				if (signal?.aborted) return cancel();
				delays.add(entry);
				signal?.addEventListener('abort', cancel, { once: true });
			}),
		advance(ms) {
			now += ms;
			for (const { at, end } of [...delays]) if (at <= now) end();
		},
		get waiting() {
			return delays.size;
		},
	};
}
