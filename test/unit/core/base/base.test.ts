import { describe, expect, it } from 'vitest';
import { isCancellation, raceAbort, throwIfAborted } from '#core/base/abort';
import { DisposableStore, toDisposable } from '#core/base/disposable';
import { CoordinatorError } from '#core/base/errors';
import { Emitter } from '#core/base/event';

describe('DisposableStore', () => {
	it('lets go in reverse order, once', () => {
		const order: number[] = [];
		const store = new DisposableStore();
		for (const n of [1, 2, 3]) store.add(toDisposable(() => order.push(n)));
		store.dispose();
		store.dispose();
		expect(order).toEqual([3, 2, 1]);
	});

	it('disposes at once of what is added too late', () => {
		const store = new DisposableStore();
		store.dispose();
		let isReleased = false;
		store.add(toDisposable(() => (isReleased = true)));
		expect(isReleased).toBe(true);
	});
});

describe('Emitter', () => {
	it('calls every listener although one throws, and then says so', () => {
		const emitter = new Emitter<number>();
		const seen: number[] = [];
		emitter.event(() => {
			throw new Error('first');
		});
		emitter.event((value) => seen.push(value));
		expect(() => emitter.fire(7)).toThrow('first');
		expect(seen).toEqual([7]);
	});

	it('lets a listener leave while it is called', () => {
		const emitter = new Emitter<void>();
		let calls = 0;
		const subscription = emitter.event(() => {
			calls++;
			subscription.dispose();
		});
		emitter.fire();
		emitter.fire();
		expect(calls).toBe(1);
	});
});

describe('abort', () => {
	it('knows its own cancellation and the platform’s', () => {
		expect(isCancellation(new CoordinatorError('cancelled', ''))).toBe(true);
		expect(isCancellation(new DOMException('stop', 'AbortError'))).toBe(true);
		expect(isCancellation(new CoordinatorError('disk-full', ''))).toBe(false);
	});

	it('throws only when the signal has fired', () => {
		const controller = new AbortController();
		throwIfAborted(controller.signal);
		controller.abort();
		expect(() => throwIfAborted(controller.signal)).toThrow(CoordinatorError);
	});

	it('leaves no rejection unhandled when the signal fired before', async () => {
		const unhandled: unknown[] = [];
		const note = (reason: unknown) => unhandled.push(reason);
		process.on('unhandledRejection', note);
		try {
			await expect(raceAbort(Promise.reject(new Error('late')), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
			await new Promise((resolve) => setImmediate(resolve));
			expect(unhandled).toEqual([]);
		} finally {
			process.off('unhandledRejection', note);
		}
	});

	it('gives up waiting when the signal fires, and passes a result on when it does not', async () => {
		const controller = new AbortController();
		const never = new Promise<number>(() => undefined);
		const waiting = raceAbort(never, controller.signal);
		controller.abort();
		await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
		await expect(raceAbort(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
		await expect(raceAbort(Promise.resolve(1), controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
	});
});
