import { CoordinatorError } from '#core/base/errors';
import type { ClockPort } from '#core/ports';

/** The machine's clock. Timers do not keep the process alive. */
export function createClock(): ClockPort {
	return {
		nowMs: () => Date.now(),
		delay: (ms, signal) =>
			new Promise<void>((resolve, reject) => {
				const cancel = () => {
					clearTimeout(timer);
					reject(new CoordinatorError('cancelled', 'The wait was cancelled.', { cause: signal?.reason }));
				};
				const timer = setTimeout(() => {
					signal?.removeEventListener('abort', cancel);
					resolve();
				}, ms);
				timer.unref();
				if (signal?.aborted) cancel();
				else signal?.addEventListener('abort', cancel, { once: true });
			}),
	};
}
