import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candidate, FolderStores } from '#core/ask/search/candidates';
import { Experience } from '#core/ask/search/experience';
import { liftRemembered, relevanceOfMemory, rememberedPieces } from '#core/ask/search/liftRemembered';
import { placeOf } from '#core/store/outcomeStore';

const stores = { worktree: { id: 'w1', repositoryId: 'r', path: '/project', name: 'work' } } as unknown as FolderStores;
const candidate = (id: string, filePath: string): Candidate => ({ id, stores, filePath, ranks: new Map(), cosine: null, staticCosine: null, payload: null });
const candidates = [candidate('best', 'src/best.ts'), candidate('one', 'src/right.ts'), candidate('two', 'src/right.ts'), candidate('other', 'src/other.ts')];
const remembering = (memory: number) =>
	new Experience(new Map([[placeOf('w1', 'src/right.ts', null), memory]]), new Map(), [{ workspaceId: 'w1', filePath: 'src/right.ts', memory }]);
const lift = (before: ReadonlyMap<string, number>, experience: Experience) =>
	liftRemembered(before, rememberedPieces(before, candidates, experience), candidates, experience);
const scores = new Map([
	['best', 1],
	['one', 0],
	['two', 0.01],
	['other', 0.5],
]);

test('a remembered file is lifted by its best piece, the more the surer the memory, and nothing else moves', () => {
	const lifted = lift(scores, remembering(0.3));
	expect([...lifted].filter(([id, score]) => scores.get(id) !== score).map(([id]) => id)).toEqual(['two']);
	expect(lifted.get('two')).toBeGreaterThan(lift(scores, remembering(0.2)).get('two') ?? 1);
	expect(lift(scores, new Experience(new Map(), new Map()))).toEqual(scores);
});

test('with all that is learned of it, it stays below what fits best, and a score that is higher stays', () => {
	fc.assert(
		fc.property(fc.double({ min: 0.15, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (memory, own) => {
			const experience = remembering(memory);
			const score = lift(new Map([...scores, ['two', own]]), experience).get('two') ?? Number.NaN;
			expect(score).toBeGreaterThanOrEqual(own);
			if (score > own) expect(score * experience.fileFactor('w1', 'src/right.ts')).toBeLessThan(1);
		}),
	);
});

test('relevance grows with memory, and is never certain', () => {
	expect([0.15, 0.3, 0.5, 1].map(relevanceOfMemory)).toEqual([expect.closeTo(0.51, 5), expect.closeTo(0.72, 5), 0.9, 0.9]);
});
