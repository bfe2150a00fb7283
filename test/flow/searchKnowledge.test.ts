import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { searchKnowledge } from '#core/ask/augment/searchKnowledge';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openTestKnowledge, type TestKnowledge, wordEmbedding } from '../support/knowledge.ts';
import { skillPoint } from '../support/skills.ts';
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
});
