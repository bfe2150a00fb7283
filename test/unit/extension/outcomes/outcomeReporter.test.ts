import { describe, expect, it, vi } from 'vitest';
import { OutcomeReporter } from '#extension/outcomes/outcomeReporter';
import { Thumbs } from '#extension/outcomes/thumbs';
import type { IndexStatus, Signal } from '#protocol/messages';

const signal = (id: string): Signal => ({ id, interactionId: 'one', kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: 1 });

/** A coordinator that can be away, and a state that outlives the reporter. */
function world() {
	const state = new Map<string, unknown>();
	const listeners = new Set<(status: IndexStatus | null) => void>();
	const taken: string[] = [];
	const attempts: number[] = [];
	let isThere = true;
	const client = {
		status: null,
		onDidChangeStatus: (listener: (status: IndexStatus | null) => void) => {
			listeners.add(listener);
			return { dispose: () => listeners.delete(listener) };
		},
		request: async (_name: string, { signals }: { signals: readonly Signal[] }) => {
			attempts.push(signals.length);
			if (!isThere) throw new Error('away');
			taken.push(...signals.map(({ id }) => id));
			return signals.length;
		},
	} as unknown as ConstructorParameters<typeof OutcomeReporter>[0];
	const memento = { get: (key: string, otherwise?: unknown) => state.get(key) ?? otherwise, update: async (key: string, value: unknown) => void state.set(key, value) };
	return {
		taken,
		attempts,
		create: () => new OutcomeReporter(client, memento as ConstructorParameters<typeof OutcomeReporter>[1]),
		setThere: (value: boolean) => {
			isThere = value;
		},
		fire: () => {
			for (const listener of listeners) listener({} as IndexStatus);
		},
	};
}

describe('the reporter of outcomes', () => {
	it('hands over what comes together at once, and keeps nothing of it', async () => {
		const { create, taken } = world();
		const reporter = create();
		reporter.report(signal('a'));
		reporter.report(signal('b'));
		await vi.waitFor(() => expect(taken).toEqual(['a', 'b']));
		await vi.waitFor(() => expect(reporter.waiting).toEqual([]));
	});

	it('keeps signals while the coordinator is away, also over a reload, and hands them over when it is back', async () => {
		const { create, taken, attempts, setThere, fire } = world();
		setThere(false);
		const first = create();
		first.report(signal('a'));
		await vi.waitFor(() => expect(attempts).toEqual([1]));
		first.dispose();
		const second = create();
		expect(second.waiting).toHaveLength(1);
		setThere(true);
		fire();
		await vi.waitFor(() => expect(taken).toEqual(['a']));
		await vi.waitFor(() => expect(second.waiting).toEqual([]));
	});

	it('keeps no more than so many', () => {
		const { create, setThere } = world();
		setThere(false);
		const reporter = create();
		for (let index = 0; index < 300; index++) reporter.report(signal(String(index)));
		expect(reporter.waiting).toHaveLength(200);
		expect(reporter.waiting.at(-1)?.id).toBe('299');
		reporter.dispose();
	});
});

describe('thumbs', () => {
	it('are one signal for every change of direction', () => {
		const thumbs = new Thumbs();
		expect(thumbs.give('one', 1, 10)).toMatchObject({ id: 'thumbs:one:10', kind: 'thumbs', value: 1, source: 'user' });
		expect(thumbs.give('one', 1, 20)).toBeNull();
		expect(thumbs.give('one', -1, 30)).toMatchObject({ id: 'thumbs:one:30', value: -1 });
		expect(thumbs.give('two', -1, 30)).toMatchObject({ interactionId: 'two' });
	});
});
