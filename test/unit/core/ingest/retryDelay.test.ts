import { expect, it } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import { RetryDelay } from '#core/ingest/retryDelay';

it('waits double with each failure, begin anew after a success, and are as long as the server says, within an hour', () => {
	const delay = new RetryDelay();
	expect([delay.next(), delay.next(), delay.next()]).toEqual([2_000, 4_000, 8_000]);
	delay.reset();
	expect(delay.next(new Error('no'))).toBe(2_000);
	for (let i = 0; i < 12; i++) delay.next();
	expect(delay.next()).toBe(300_000);
	const told = (retryAfterSeconds: number) => new CoordinatorError('rate-limited', 'Slowly.', { details: { retryAfterSeconds } });
	expect([delay.next(told(20)), delay.next(told(90_000)), delay.next()]).toEqual([20_000, 3_600_000, 300_000]);
});
