import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { searchKnowledge } from '#core/ask/augment/searchKnowledge';
import type { ErrorSolutionsPayload } from '#core/domain/collection';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openTestKnowledge, type TestKnowledge, wordEmbedding } from '../support/knowledge.ts';
import { errorPoint, skillPoint } from '../support/skills.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe('learned items for a question', () => {
	let folder: TemporaryFolder;
	let knowledge: TestKnowledge;
	beforeEach(async () => {
		folder = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
		await knowledge.store.useEmbeddingModel('words-64', 64);
	});
	afterEach(async () => {
		await knowledge.store.close();
		folder[Symbol.dispose]();
	});
	const TEXT = { skill_name: 'retry requests', description: 'growing waits between attempts', usage_pattern: 'limit attempts' };
	const QUERY = 'retry requests growing waits between attempts limit attempts';
	const find = async (more: Partial<Parameters<typeof searchKnowledge>[0]> = {}) =>
		(
			await searchKnowledge({
				store: knowledge.store,
				model: wordEmbedding(),
				query: QUERY,
				settings: DEFAULT_SETTINGS,
				workspaceIds: ['w1'],
				leavesMachine: false,
				...more,
			})
		).map(({ id }) => id);

	test('are of the open workspaces or shared with all, and never retired', async () => {
		await knowledge.store.upsert('skills-patterns', [
			skillPoint(1, TEXT),
			skillPoint(2, { ...TEXT, workspace_id: 'w2' }),
			skillPoint(3, { ...TEXT, workspace_id: null, scope: 'global' }),
			skillPoint(4, { ...TEXT, status: 'retired' }),
		]);
		expect(await find()).toEqual([uuid(1), uuid(3)]);
		expect(await find({ workspaceIds: [] })).toEqual([uuid(3)]);
		expect(await find({ settings: { ...DEFAULT_SETTINGS, learning: { ...DEFAULT_SETTINGS.learning, enabled: false } } })).toEqual([]);
	});

	test('that stem from local-only text are marked, and make room for others where they may not go', async () => {
		await knowledge.store.upsert('skills-patterns', [skillPoint(1, { ...TEXT, local_only: true }), ...[2, 3, 4].map((number) => skillPoint(number, TEXT))]);
		const parts = { store: knowledge.store, model: wordEmbedding(), query: QUERY, settings: DEFAULT_SETTINGS, workspaceIds: ['w1'], leavesMachine: false };
		expect((await searchKnowledge(parts)).map(({ isLocalOnly }) => isLocalOnly ?? false)).toEqual([true, false, false]);
		expect(await find({ leavesMachine: true })).toEqual([2, 3, 4].map(uuid));
	});

	test('a proposed one must fit better, and stands behind one that has proved itself', async () => {
		await knowledge.store.upsert('skills-patterns', [skillPoint(1, { ...TEXT, status: 'proposed' }), skillPoint(2, TEXT)]);
		expect(await find()).toEqual([uuid(2), uuid(1)]);
		const near = 'retry requests growing waits between attempts limit other things now';
		expect(await find({ query: near })).toEqual([uuid(2)]);
	});

	test('what is not true any more makes room for what is', async () => {
		await knowledge.store.upsert(
			'skills-patterns',
			[1, 2, 3, 4, 5].map((number) => skillPoint(number, TEXT)),
		);
		expect(await find()).toHaveLength(3);
		expect(await find({ keepTrue: async (hits) => hits.filter(({ id }) => id > uuid(2)) })).toEqual([uuid(3), uuid(4), uuid(5)]);
	});

	describe('that solve errors', () => {
		const MESSAGE = 'cannot read property name of undefined value here';
		const solution = (number: number, success_count: number, failure_count: number, more: Partial<ErrorSolutionsPayload> = {}) => {
			const confidence_score = (1 + success_count) / (2 + success_count + failure_count);
			return errorPoint(number, { error_message: MESSAGE, success_count, failure_count, confidence_score, ...more });
		};
		const hits = (query = MESSAGE) =>
			searchKnowledge({ store: knowledge.store, model: wordEmbedding(), query, settings: DEFAULT_SETTINGS, workspaceIds: ['w1'], leavesMachine: false });
		const untrusted = { status: 'proposed', solution_verified: false } as const;

		test('say something, and were not only seen to fail', async () => {
			await knowledge.store.upsert('error-solutions', [
				solution(1, 4, 0, { solution: '' }),
				solution(2, 4, 0, { solution: ' \n' }),
				solution(3, 0, 2),
				solution(4, 0, 1, { status: 'proposed' }),
				solution(5, 1, 0),
			]);
			expect((await hits()).map(({ id }) => id)).toEqual([uuid(5)]);
		});

		test('stand by their record where they are equally similar, and those that mostly failed are not sent', async () => {
			await knowledge.store.upsert('error-solutions', [solution(1, 1, 9), solution(2, 6, 4), solution(3, 10, 0)]);
			const found = await hits();
			expect(found.map(({ id }) => id)).toEqual([uuid(3), uuid(2)]);
			expect(found[0]?.relevance).toBeCloseTo((1 + 11 / 12) / 2);
			await knowledge.store.delete('error-solutions', { ids: [uuid(2), uuid(3)] });
			expect(await hits()).toEqual([]);
		});

		test('need be no nearer for a short record than before, and weigh less where nobody vouches for them', async () => {
			const near = `${MESSAGE} more words again`;
			await knowledge.store.upsert('error-solutions', [solution(1, 0, 0, untrusted), solution(2, 1, 0)]);
			expect((await hits()).map(({ id }) => id)).toEqual([uuid(2), uuid(1)]);
			expect((await hits(near)).map(({ id }) => id)).toEqual([uuid(2)]);
		});
	});
});
