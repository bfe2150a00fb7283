import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Signal } from '#core/domain/outcome';
import { type OutcomeStore, placeOf } from '#core/store/outcomeStore';

const signal = (id: string, interactionId: string, more: Partial<Signal> = {}): Signal => ({
	id,
	interactionId,
	kind: 'thumbs',
	value: 1,
	subject: null,
	source: 'user',
	timeMs: 10,
	...more,
});

/** What every OutcomeStore keeps to. `second` opens the same data once more, where the engine can. */
export function outcomeStoreContract(
	name: string,
	open: () => Promise<{ readonly store: OutcomeStore; readonly second?: () => Promise<OutcomeStore>; readonly dispose: () => Promise<void> }>,
): void {
	describe(name, () => {
		let store: OutcomeStore;
		let opened: Awaited<ReturnType<typeof open>>;
		beforeEach(async () => {
			opened = await open();
			store = opened.store;
		});
		afterEach(() => opened.dispose());

		test('keeps signals as they came, oldest first, and each once', async () => {
			const late = signal('b', 'i1', { timeMs: 20, kind: 'edit-survived', value: -0.5, subject: 'src/a.ts', source: 'editor' });
			expect(await store.addSignals([late, signal('a', 'i1'), signal('c', 'i2')])).toEqual([late, signal('a', 'i1'), signal('c', 'i2')]);
			expect(await store.addSignals([signal('a', 'i1', { value: -1 })])).toEqual([]);
			expect(await store.addSignals([signal('d', 'i3'), signal('a', 'i1'), signal('d', 'i3')])).toEqual([signal('d', 'i3')]);
			expect(await store.addSignals([])).toEqual([]);
			expect(await store.signals('i1')).toEqual([signal('a', 'i1'), late]);
			expect(await store.signals('unknown')).toEqual([]);
		});

		test('holds an interaction as pending until what followed is settled, and anew when more comes', async () => {
			await store.addSignals([signal('a', 'i1'), signal('b', 'i2'), signal('c', 'i1')]);
			const [first, second] = await store.pending(10);
			expect([first?.interactionId, second?.interactionId]).toEqual(['i1', 'i2']);
			expect(await store.pending(1)).toHaveLength(1);
			if (!first || !second) throw new Error('two are pending');
			await store.addSignals([signal('d', 'i1')]);
			await store.settle(first, [{ place: placeOf('w', 'a.ts', 'f'), success: 0.9, weight: 1, timeMs: 5 }]);
			await store.settle(second, []);
			const [again] = await store.pending(10);
			expect(again?.interactionId).toBe('i1');
			if (again) await store.settle(again, [{ place: placeOf('w', 'a.ts', 'f'), success: 0.2, weight: 1, timeMs: 6 }]);
			expect(await store.pending(10)).toEqual([]);
			expect(await store.creditsOf(['i1'])).toEqual([{ interactionId: 'i1', place: placeOf('w', 'a.ts', 'f'), success: 0.2, weight: 1, timeMs: 6, isConfirmed: true }]);
		});

		test('tells whether anybody but agents was heard, also of what was settled before', async () => {
			const place = placeOf('w', 'a.ts', null);
			await store.addSignals([signal('a', 'i1', { source: 'agent:x' }), signal('b', 'i2', { source: 'editor' })]);
			for (const pending of await store.pending(10)) await store.settle(pending, [{ place, success: 0.6, weight: 0.2, timeMs: 5 }]);
			const confirmed = async () => ((await store.creditsAt([place])).get(place) ?? []).map(({ isConfirmed }) => isConfirmed);
			expect(await confirmed()).toEqual([false, true]);
			await store.addSignals([signal('c', 'i1')]);
			expect(await confirmed()).toEqual([true, true]);
			expect((await store.creditsOf(['i1'])).map(({ isConfirmed }) => isConfirmed)).toEqual([true]);
		});

		test('a file that the user edited is confirmed by that, and nothing else is', async () => {
			const [edited, other] = [placeOf('w', 'edited.ts', null), placeOf('w', 'other.ts', null)];
			await store.addSignals([signal('a', 'i1', { source: 'agent:x' }), signal('b', 'i1', { kind: 'edited-after', source: 'editor', subject: edited })]);
			const [pending] = await store.pending(1);
			if (pending)
				await store.settle(
					pending,
					[edited, other].map((place) => ({ place, success: 0.6, weight: 0.2, timeMs: 5 })),
				);
			expect((await store.creditsOf(['i1'])).map(({ place, isConfirmed }) => [place, isConfirmed])).toEqual([
				[edited, true],
				[other, false],
			]);
		});

		test('counts the contexts that another interaction was sent with too', async () => {
			const sent = (pointId: string, place = pointId) => ({ pointId, place, isUsed: false });
			await store.recordContexts('i1', [sent('p1'), sent('p2')]);
			await store.recordContexts('i2', [sent('p2'), sent('p3', 'p1'), sent('p4')]);
			expect(await Promise.all(['i1', 'i2', 'unknown'].map((id) => store.countReused(id)))).toEqual([2, 2, 0]);
		});

		test('a signal that was known already makes nothing pending', async () => {
			await store.addSignals([signal('a', 'i1')]);
			const [pending] = await store.pending(1);
			if (pending) await store.settle(pending, []);
			await store.addSignals([signal('a', 'i1')]);
			expect(await store.pending(1)).toEqual([]);
		});

		test('finds credits by place, and forgets an interaction whole', async () => {
			const place = placeOf('w', 'a.ts', null);
			await store.recordContexts('i1', [{ pointId: 'p1', place, isUsed: true }]);
			await store.recordContexts('i1', [
				{ pointId: 'p2', place, isUsed: false },
				{ pointId: 'p1', place: placeOf('w', 'b.ts', null), isUsed: true },
			]);
			expect((await store.contexts('i1')).map(({ pointId, isUsed }) => [pointId, isUsed])).toEqual([
				['p1', true],
				['p2', false],
			]);
			await store.addSignals([signal('a', 'i1'), signal('b', 'i2')]);
			for (const pending of await store.pending(10)) await store.settle(pending, [{ place, success: 1, weight: 1, timeMs: 1 }]);
			expect((await store.creditsAt([place, 'elsewhere'])).get(place)).toHaveLength(2);
			await store.forget(['i1']);
			expect((await store.creditsAt([place])).get(place)?.map(({ interactionId }) => interactionId)).toEqual(['i2']);
			expect(await store.signals('i1')).toEqual([]);
			expect(await store.contexts('i1')).toEqual([]);
			expect(await store.counts()).toEqual({ signals: 1, credits: 1, pending: 0 });
		});

		test('forgets one workspace and leaves the others', async () => {
			for (const workspace of ['w', 'w2']) {
				await store.recordContexts(workspace, [{ pointId: 'p', place: placeOf(workspace, 'a.ts', null), isUsed: true }]);
				await store.addSignals([signal(`s-${workspace}`, workspace)]);
			}
			// Asked in one folder, and a file of another was edited.
			await store.addSignals([signal('e', 'i3', { kind: 'edited-after', subject: placeOf('w', 'b.ts', null) })]);
			await store.forgetWorkspace('w');
			expect(await store.signals('i3')).toEqual([]);
			expect(await store.signals('w')).toEqual([]);
			expect(await store.signals('w2')).toHaveLength(1);
			await store.forgetWorkspace(null);
			expect(await store.counts()).toEqual({ signals: 0, credits: 0, pending: 0 });
		});

		test('two processes see what the other wrote', async ({ skip }) => {
			if (!opened.second) return skip('the engine is for one process');
			const other = await opened.second();
			await Promise.all([store.addSignals([signal('a', 'i1'), signal('b', 'i1')]), other.addSignals([signal('b', 'i1'), signal('c', 'i1')])]);
			expect((await store.signals('i1')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
			expect(await other.pending(5)).toEqual([{ interactionId: 'i1', version: 3 }]);
		});
	});
}
