import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isInDatabase, openTestKnowledge, type TestKnowledge } from '../support/knowledge.ts';
import { ENGINES, uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe.each(ENGINES)('the embedded extraction store and eraser on %s', (engine) => {
	let folder: TemporaryFolder;
	let knowledge: TestKnowledge;
	beforeEach(async () => {
		folder = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'), engine);
	});
	afterEach(async () => {
		await knowledge.store.close();
		folder[Symbol.dispose]();
	});

	test('an interaction is queued once for ever, and held by one at a time', async () => {
		const { extractions } = knowledge;
		expect(await extractions.enqueue('a', 1)).toBe(true);
		expect(await extractions.enqueue('a', 2)).toBe(false);
		expect(await extractions.enqueue('b', 3)).toBe(true);
		expect(await extractions.claim(10, 20)).toEqual({ interactionId: 'a', attempts: 1 });
		expect(await extractions.claim(10, 20)).toEqual({ interactionId: 'b', attempts: 1 });
		expect(await extractions.claim(10, 20)).toBeNull();
		// Who held them died.
		expect(await extractions.claim(20, 30)).toEqual({ interactionId: 'a', attempts: 2 });
		await extractions.release('a');
		expect(await extractions.claim(20, 30)).toEqual({ interactionId: 'a', attempts: 2 });
	});

	test('a claim of a clock that was put back holds nothing up', async () => {
		const { extractions } = knowledge;
		await extractions.enqueue('a', 1_000_000);
		await extractions.claim(1_000_000, 1_000_300);
		expect(await extractions.claim(1_000_100, 1_000_400)).toBeNull();
		expect(await extractions.claim(50, 350)).toEqual({ interactionId: 'a', attempts: 2 });
	});

	test('counts what waits, what gave something, and what was dropped and why', async () => {
		const { extractions } = knowledge;
		for (const id of ['a', 'b', 'c', 'd', 'e']) await extractions.enqueue(id, 1);
		await extractions.finish('a', { skillId: 's' });
		await extractions.finish('b', { dropped: 'unusable' });
		await extractions.finish('c', { dropped: 'unusable' });
		await extractions.finish('d', { dropped: 'timeout' });
		expect(await extractions.counts()).toEqual({ waiting: 1, done: 1, dropped: { unusable: 2, timeout: 1 } });
		expect([await extractions.skillOf('a'), await extractions.skillOf('b'), await extractions.skillOf('x')]).toEqual(['s', null, null]);
		expect(await extractions.enqueue('b', 9)).toBe(false);
		await extractions.withdraw(['a', 'e']);
		expect(await extractions.counts()).toMatchObject({ waiting: 0, done: 1 });
		await extractions.forget(['a']);
		expect(await extractions.enqueue('a', 9)).toBe(true);
		await extractions.forget(null);
		expect(await extractions.counts()).toEqual({ waiting: 0, done: 0, dropped: {} });
	});

	test('purging leaves nothing of a deleted point, and everything of others with the same text', async () => {
		const { store, eraser, database } = knowledge;
		const point = (id: number, hash: string, title: string) => ({
			id: uuid(id),
			vector: Float32Array.of(1, 0),
			payload: {
				category: 'c',
				title,
				description: 'd',
				examples: [],
				anti_patterns: [],
				references: [],
				endorsement_count: 0,
				last_validated: '',
				workspace_id: 'w1',
				repository_id: null,
				scope: 'workspace' as const,
				status: 'active' as const,
				provenance: [],
				embedding_model: 'm',
				content_hash: hash,
			},
		});
		await store.useEmbeddingModel('m', 2);
		await store.upsert('best-practices', [point(1, 'h1', 'vanishing words'), point(2, 'h2', 'staying words'), point(3, 'h2', 'staying words')]);
		await store.delete('best-practices', { ids: [uuid(1), uuid(2)] });
		expect(isInDatabase(database, 'vanishing words')).toBe(true);
		await knowledge.extractions.enqueue('gone', 1);
		await knowledge.outcomes.recordContexts('gone', [{ pointId: 'p', place: 'p', isUsed: true }]);
		await eraser.purge();
		expect(isInDatabase(database, 'vanishing words')).toBe(false);
		expect(isInDatabase(database, 'gone')).toBe(false);
		expect(database.prepare('SELECT content_hash FROM vectors').all()).toEqual([expect.objectContaining({ content_hash: 'h2' })]);
		expect((await store.search('best-practices', { dense: { vector: Float32Array.of(1, 0) }, limit: 5 })).map(({ id }) => id)).toEqual([uuid(3)]);
	});

	test('remembers what was deleted until it is told to forget it', async () => {
		const { eraser } = knowledge;
		await eraser.noteDeleted(['a', 'b', 'a']);
		expect([...(await eraser.deletedAmong(['a', 'b', 'c']))]).toEqual(['a', 'b']);
		await eraser.forgetDeleted(['a']);
		expect([...(await eraser.deletedAmong(['a', 'b']))]).toEqual(['b']);
		await eraser.forgetDeleted(null);
		expect((await eraser.deletedAmong(['a', 'b'])).size).toBe(0);
	});
});
