import { describe, expect, test } from 'vitest';
import { analyseQuestion } from '#core/ask/search/analyseQuestion';
import { CommitHistory } from '#core/ask/search/commitHistory';
import type { PastCommit } from '#core/domain/pastCommit';
import type { GitPort } from '#core/ports';
import { createManualClock } from '../../../../support/manualClock.ts';

const worktree = { id: 'w1', repositoryId: 'r', path: '/work', name: 'work' };
const commit = (message: string, path: string): PastCommit => ({ message, files: [{ path, from: null }] });

/** A git with the commits given by the one that is checked out, and what was read of it. */
function gitOf(histories: Readonly<Record<string, readonly PastCommit[]>>) {
	const asked: string[] = [];
	const checkedOut: { head: string | null } = { head: null };
	const git: GitPort = {
		identify: async () => null,
		recentlyChanged: async () => null,
		head: async () => checkedOut.head,
		async *commits(_folder, { until }) {
			asked.push(until);
			yield histories[until] ?? [];
		},
	};
	return { git, asked, checkedOut };
}

describe('the history of commits', () => {
	test('is read when another commit is checked out, and asked for at most once a minute', async () => {
		const { git, asked, checkedOut } = gitOf({ one: [commit('walrus', 'a.ts')], two: [commit('walrus', 'b.ts')] });
		const clock = createManualClock();
		const history = new CommitHistory({ git, clock });
		expect(history.of(worktree)).toBeNull();
		checkedOut.head = 'one';
		await Promise.all([history.refresh(worktree), history.refresh(worktree)]);
		const filesOf = () => [...(history.of(worktree)?.fit(analyseQuestion('walrus'), ['a.ts', 'b.ts']).byText.keys() ?? [])];
		expect(filesOf()).toEqual(['a.ts']);
		checkedOut.head = 'two';
		await history.refresh(worktree);
		expect(filesOf()).toEqual(['a.ts']);
		clock.advance(60_000);
		await history.refresh(worktree);
		clock.advance(60_000);
		await history.refresh(worktree);
		expect(filesOf()).toEqual(['b.ts']);
		expect(asked).toEqual(['one', 'two']);
		expect(history.of({ ...worktree, id: 'w2' })).toBeNull();
		history.forget(worktree);
		expect(history.of(worktree)).toBeNull();
	});

	test('is none where there is no commit', async () => {
		const { git, asked } = gitOf({});
		const history = new CommitHistory({ git, clock: createManualClock() });
		await history.refresh(worktree);
		expect([history.of(worktree), asked]).toEqual([null, []]);
	});

	test('stays what it was when the reading is broken off', async () => {
		const { git, checkedOut } = gitOf({ one: [commit('walrus', 'a.ts')], two: [] });
		const clock = createManualClock();
		const history = new CommitHistory({ git, clock });
		checkedOut.head = 'one';
		await history.refresh(worktree);
		const before = history.of(worktree);
		checkedOut.head = 'two';
		clock.advance(60_000);
		await expect(history.refresh(worktree, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
		expect(history.of(worktree)).toBe(before);
	});
});
