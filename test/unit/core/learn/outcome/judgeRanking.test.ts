import { describe, expect, test } from 'vitest';
import { judgeRanking } from '#core/learn/outcome/judgeRanking';
import { placeOf } from '#core/store/outcomeStore';

const RANKING = { workspaceId: 'w1', files: ['src/a.ts', 'src/b.ts', 'src/c.ts', 'index.ts'].map((filePath) => ({ filePath, share: 0.25 })) };
const sent = (workspaceId: string, filePath: string, isUsed: boolean) => ({ pointId: filePath, place: placeOf(workspaceId, filePath, 'f'), isUsed });
const credit = { success: 0.9, weight: 0.8, timeMs: 0, isConfirmed: true };

describe('what an outcome says of a ranking', () => {
	test('files of context that was used, and files that the answer names by their path, were right', () => {
		const contexts = [sent('w1', 'src/a.ts', true), sent('w1', 'src/b.ts', false), sent('w2', 'src/b.ts', true)];
		expect(judgeRanking(RANKING, { response: 'Change src/c.ts, and see index.ts.', contexts, credit })).toEqual({ used: ['src/a.ts', 'src/c.ts'], weight: 0.8 });
	});

	test('files that the user edited were right, whatever became of the answer; those that an agent names were not', () => {
		const edited = [
			{ place: placeOf('w1', 'src/b.ts', null), logOdds: 1.2, isOfUser: true },
			{ place: placeOf('w1', 'index.ts', null), logOdds: 0.4, isOfUser: false },
			{ place: placeOf('w2', 'src/c.ts', null), logOdds: 0.6, isOfUser: true },
		];
		const contexts = [sent('w1', 'src/a.ts', true)];
		const failed = { ...credit, success: 0.1 };
		expect(judgeRanking(RANKING, { response: '', contexts, credit: failed, edited })).toEqual({ used: ['src/b.ts'], weight: expect.closeTo(0.537, 3) });
		expect(judgeRanking(RANKING, { response: '', contexts, credit, edited })).toEqual({ used: ['src/a.ts', 'src/b.ts'], weight: 0.8 });
	});

	test('a failure, a doubt and the word of agents alone count nothing', () => {
		const contexts = [sent('w1', 'src/a.ts', true)];
		for (const other of [{ success: 0.1 }, { success: 0.5, weight: 0 }, { isConfirmed: false }])
			expect(judgeRanking(RANKING, { response: '', contexts, credit: { ...credit, ...other } }).weight).toBe(0);
	});
});
