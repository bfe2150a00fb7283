import { describe, expect, test } from 'vitest';
import { RecentChanges, recencyFactor } from '#core/ask/search/recentChanges';
import type { GitPort } from '#core/ports';
import { createManualClock } from '../../../../support/manualClock.ts';

const worktree = { id: 'w1', repositoryId: 'r', path: '/work', name: 'work' };

/** A git whose answers are given one after the other, and how often it was asked. */
function gitOf(...answers: readonly (ReadonlyMap<string, number> | null)[]) {
	let asked = 0;
	const git: GitPort = {
		identify: async () => null,
		recentlyChanged: async () => answers[asked++] ?? null,
		head: async () => null,
		async *commits() {},
	};
	return { git, asked: () => asked };
}

describe('recent changes', () => {
	test('are what git said when it was last asked, and asking again waits some minutes', async () => {
		const { git, asked } = gitOf(new Map([['a.ts', 0]]), new Map([['b.ts', 0]]));
		const clock = createManualClock();
		const recent = new RecentChanges({ git, clock });
		expect([...recent.of(worktree)]).toEqual([]);
		expect(asked()).toBe(0);
		await recent.refresh(worktree);
		await recent.refresh(worktree);
		expect([...recent.of(worktree)]).toEqual([['a.ts', 0]]);
		expect(asked()).toBe(1);
		clock.advance(5 * 60_000);
		await recent.refresh(worktree);
		expect([...recent.of(worktree)]).toEqual([['b.ts', 0]]);
	});

	test('are none where there is no git, and of one worktree only', async () => {
		const { git } = gitOf(null, new Map([['a.ts', 0]]));
		const recent = new RecentChanges({ git, clock: createManualClock() });
		await recent.refresh(worktree);
		expect(recent.of(worktree).size).toBe(0);
		await recent.refresh({ ...worktree, id: 'w2' });
		expect([recent.of(worktree).size, recent.of({ ...worktree, id: 'w2' }).size]).toEqual([0, 1]);
	});

	test('weigh less the older they are, and never much', () => {
		const factors = [0, 10, 100, 299].map(recencyFactor);
		expect(factors).toEqual([...factors].sort((a, b) => b - a));
		expect(factors[0]).toBeCloseTo(1.1);
		expect(factors[2]).toBeCloseTo(1.05);
		expect(recencyFactor(undefined)).toBe(1);
	});
});
