import { afterEach, describe, expect, test } from 'vitest';
import { createPathRecord } from '#core/ask/search/pathRecord';
import type { FileRanking } from '#core/domain/fileRanking';
import { isInDatabase, openTestKnowledge, type TestKnowledge } from '../support/knowledge.ts';
import { ENGINES } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';

const ranking = (interactionId: string): FileRanking => ({
	...{ interactionId, workspaceId: 'w1', timeMs: 5 },
	files: [
		{ filePath: 'examples/plot.py', share: 0.75 },
		{ filePath: 'lib/axes.py', share: 0.25 },
	],
});
const TIME = { nowMs: 5, halfLifeDays: 365 };
const failOn = (error: unknown) => {
	throw error;
};

describe('rankings in SQLite', () => {
	const cleanUps: (() => void)[] = [];
	afterEach(() => {
		for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
	});
	const file = () => {
		const folder = temporaryFolder();
		cleanUps.push(() => folder[Symbol.dispose]());
		return folder.join('knowledge.db');
	};
	async function open(path = file(), engine: (typeof ENGINES)[number] = 'node:sqlite'): Promise<TestKnowledge> {
		const knowledge = await openTestKnowledge(path, engine);
		cleanUps.push(() => knowledge.database.close());
		return knowledge;
	}

	test.each(ENGINES)('come back from %s as they were saved and judged, each judgement with the next number', async (engine) => {
		const { rankings } = await open(file(), engine);
		rankings.save(ranking('one'));
		rankings.save(ranking('two'));
		expect(rankings.ranking('one')).toEqual(ranking('one'));
		expect(rankings.ranking('three')).toBeNull();
		expect(rankings.read(0, 10)).toMatchObject({ last: 0, rankings: [] });
		rankings.judge('two', { used: ['lib/axes.py'], weight: 0.5 });
		rankings.judge('one', { used: [], weight: 0 });
		rankings.judge('three', { used: [], weight: 1 });
		const read = rankings.read(0, 10);
		expect(read.rankings.map(({ interactionId, used, weight }) => [interactionId, used, weight])).toEqual([
			['two', ['lib/axes.py'], 0.5],
			['one', [], 0],
		]);
		expect(rankings.read(read.last, 10).rankings).toEqual([]);
		rankings.judge('two', { used: ['lib/axes.py'], weight: 1 });
		expect(rankings.read(read.last, 10).rankings.map(({ interactionId, weight }) => [interactionId, weight])).toEqual([['two', 1]]);
		expect(rankings.read(0, 10).rankings).toHaveLength(2);
	});

	test('are followed by another process: an outcome, one that replaces it, and forgetting', async () => {
		const path = file();
		const [a, b] = [await open(path), await open(path)];
		const record = createPathRecord(b.rankings, failOn);
		const liking = () => record.of('w1', TIME)('lib/ticker.py');
		expect(liking()).toBe(0);
		a.rankings.save(ranking('one'));
		a.rankings.judge('one', { used: ['lib/axes.py'], weight: 1 });
		const once = liking();
		expect(once).toBeGreaterThan(0);
		expect(record.of('w1', { ...TIME, nowMs: 5 + 365 * 86_400_000 })('lib/ticker.py')).toBeLessThan(once);
		expect(record.of('w1', { nowMs: 5 + 365 * 86_400_000, halfLifeDays: 1 })('lib/ticker.py')).toBeLessThan(once / 10);
		a.rankings.judge('one', { used: ['lib/axes.py'], weight: 1 });
		expect(liking()).toBe(once);
		a.rankings.judge('one', { used: ['lib/axes.py'], weight: 0 });
		expect(liking()).toBe(0);
		a.rankings.judge('one', { used: ['lib/axes.py'], weight: 1 });
		a.rankings.forget(['one']);
		expect(liking()).toBe(0);
		expect(record.overview('w1', TIME)).toEqual({ outcomes: 0, words: [] });
		expect(isInDatabase(b.database, 'axes.py')).toBe(false);
	});

	test('one that starts later, and reads all at once, has learned the same as one that followed', async () => {
		const path = file();
		const { rankings } = await open(path);
		const followed = createPathRecord(rankings, failOn);
		for (const [name, weight] of [
			['one', 1],
			['two', 0.5],
			['one', 0.25],
			['three', 1],
		] as const) {
			rankings.save(ranking(name));
			rankings.judge(name, { used: ['lib/axes.py'], weight });
			followed.of('w1', TIME);
		}
		const late = createPathRecord((await open(path)).rankings, failOn);
		expect(late.overview('w1', TIME)).toEqual(followed.overview('w1', TIME));
		expect(late.overview('w1', TIME).outcomes).toBe(3);
		rankings.clear();
		expect(followed.overview('w1', TIME)).toEqual({ outcomes: 0, words: [] });
	});

	test('only the newest thousand are counted, by who followed and by who starts later', async () => {
		const path = file();
		const { rankings, database } = await open(path);
		const followed = createPathRecord(rankings, failOn);
		followed.of('w1', TIME);
		database.transaction(() => {
			for (let number = 0; number < 1_010; number++) {
				rankings.save({ ...ranking(`n${number}`), ...(number < 10 ? { files: [{ filePath: 'old/early.py', share: 0.1 }] } : {}) });
				rankings.judge(`n${number}`, { used: [number < 10 ? 'old/early.py' : 'lib/axes.py'], weight: 1 });
				if (number % 300 === 0) followed.of('w1', TIME);
			}
		});
		const late = createPathRecord((await open(path)).rankings, failOn);
		for (const { outcomes, words } of [followed.overview('w1', TIME), late.overview('w1', TIME)]) {
			expect(outcomes).toBe(1_000);
			expect(words.map(({ word }) => word).sort()).toEqual(['axes', 'examples', 'lib', 'plot']);
		}
	});

	test('a store that fails costs what was learned, and is told of', async () => {
		const { rankings, database } = await open();
		const problems: unknown[] = [];
		const record = createPathRecord(rankings, (error) => problems.push(error));
		database.exec('DROP TABLE ranking_judgements');
		expect(record.of('w1', TIME)('lib/axes.py')).toBe(0);
		expect(problems).toHaveLength(1);
	});
});
