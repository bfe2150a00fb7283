import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COLLECTION_NAMES, type CodebaseContextPayload } from '#core/domain/collection';
import { hashTerm } from '#core/domain/lexicalVector';
import type { Filter, LexicalField, VectorPoint, VectorStore } from '#core/store/vectorStore';
import { codePoint, unit, uuid } from '../support/stores.ts';

const CODE = 'codebase-context';
const query = (field: LexicalField, ...words: readonly string[]) => ({
	field,
	terms: words.map((word) => ({ hash: hashTerm(word), weight: 1 })),
});
const must = (...conditions: NonNullable<Filter['must']>): Filter => ({
	must: conditions,
});

/** What every VectorStore keeps to. `open` gives a store of its own each time; `reopen` a second one on the same data, absent where there is none. */
export function vectorStoreContract(
	name: string,
	open: () => Promise<{
		readonly store: VectorStore;
		readonly second?: () => Promise<VectorStore>;
		readonly dispose: () => Promise<void>;
	}>,
): void {
	describe(name, () => {
		let store: VectorStore;
		let opened: Awaited<ReturnType<typeof open>>;
		beforeEach(async () => {
			opened = await open();
			store = opened.store;
			await store.useEmbeddingModel('model-a', 4);
		});
		afterEach(() => opened.dispose());
		const put = (...points: readonly VectorPoint<'codebase-context'>[]) => store.upsert(CODE, points);
		const found = async (request: Parameters<VectorStore['search']>[1]) => (await store.search(CODE, request)).map(({ id }) => id);

		test('inserts, replaces, gives in the order asked, and deletes', async () => {
			await put(codePoint(1, 'alpha'), codePoint(2, 'beta'));
			await put(codePoint(2, 'gamma', { content_hash: 'other' }));
			const points = await store.get(CODE, [uuid(2), uuid(9), uuid(1)]);
			expect(points.map(({ id, payload }) => [id, payload.code_snippet])).toEqual([
				[uuid(2), 'gamma'],
				[uuid(1), 'alpha'],
			]);
			expect(points[1]?.payload).toEqual(codePoint(1, 'alpha').payload);
			expect(await found({ lexical: [query('text', 'beta')], limit: 5 })).toEqual([]);
			expect(await found({ lexical: [query('text', 'gamma')], limit: 5 })).toEqual([uuid(2)]);
			await store.delete(CODE, { ids: [uuid(2), uuid(7)] });
			expect(await found({ lexical: [query('text', 'gamma')], limit: 5 })).toEqual([]);
			await store.delete(CODE, {
				filter: must({ key: 'file_path', match: { value: 'src/a.ts' } }),
			});
			expect(await store.count(CODE)).toBe(0);
		});

		test('a point that moves to another workspace leaves the first', async () => {
			await put(codePoint(1, 'alpha'));
			await found({ lexical: [query('text', 'alpha')], limit: 5 });
			await put(codePoint(1, 'alpha', { workspace_id: 'w2' }));
			const inWorkspace = (value: string) =>
				found({
					lexical: [query('text', 'alpha')],
					filter: must({ key: 'workspace_id', match: { value } }),
					limit: 5,
				});
			expect([await inWorkspace('w1'), await inWorkspace('w2')]).toEqual([[], [uuid(1)]]);
		});

		test('pages in id order', async () => {
			await put(...[5, 3, 1, 4, 2].map((number) => codePoint(number, `word${number}`)));
			const first = await store.scroll(CODE, { limit: 2 });
			const second = await store.scroll(CODE, {
				limit: 2,
				offset: first.nextOffset ?? '',
			});
			const third = await store.scroll(CODE, {
				limit: 2,
				offset: second.nextOffset ?? '',
			});
			expect([first, second, third].map(({ points }) => points.map(({ id }) => id))).toEqual([[uuid(1), uuid(2)], [uuid(3), uuid(4)], [uuid(5)]]);
			expect(third.nextOffset).toBeNull();
		});

		const filters: readonly (readonly [string, Filter, readonly number[]])[] = [
			['must match', must({ key: 'language', match: { value: 'go' } }), [2]],
			['must match any', must({ key: 'language', match: { any: ['go', 'rust'] } }), [2, 3]],
			['match in an array', must({ key: 'provenance', match: { value: 'agent' } }), [3]],
			['range', must({ key: 'access_count', range: { gt: 1, lte: 3 } }), [2, 3]],
			['range, open', must({ key: 'access_count', range: { gte: 1, lt: 2 } }), [1]],
			['has_id', must({ has_id: [uuid(3), uuid(1), uuid(8)] }), [1, 3]],
			[
				'should',
				{
					should: [
						{ key: 'language', match: { value: 'go' } },
						{ key: 'access_count', range: { lt: 2 } },
					],
				},
				[1, 2],
			],
			[
				'must_not',
				{
					must_not: [{ has_id: [uuid(2)] }, { key: 'language', match: { value: 'rust' } }],
				},
				[1],
			],
			['workspaces', must({ key: 'workspace_id', match: { any: ['w2'] } }), [3]],
			['workspace and more', must({ key: 'workspace_id', match: { value: 'w1' } }, { key: 'language', match: { value: 'go' } }), [2]],
			['a path', must({ key: 'file_path', match: { any: ['b.go', 'c.rs'] } }), [2, 3]],
			['a path of a workspace', must({ key: 'workspace_id', match: { value: 'w1' } }, { key: 'file_path', match: { value: 'b.go' } }), [2]],
			['ids and more', must({ has_id: [uuid(1), uuid(2)] }, { key: 'file_path', match: { value: 'b.go' } }, { key: 'language', match: { value: 'go' } }), [2]],
			['two paths that exclude each other', must({ key: 'file_path', match: { value: 'b.go' } }, { key: 'file_path', match: { value: 'c.rs' } }), []],
			['two workspaces that exclude each other', must({ key: 'workspace_id', match: { value: 'w1' } }, { key: 'workspace_id', match: { value: 'w2' } }), []],
		];
		test.each(filters)('filters: %s', async (_, filter, numbers) => {
			await put(
				codePoint(1, 'shared', { access_count: 1 }, { vector: unit(1, 0, 0, 0) }),
				codePoint(2, 'shared', { access_count: 2, language: 'go', file_path: 'b.go' }, { vector: unit(1, 1, 0, 0) }),
				codePoint(
					3,
					'shared',
					{
						access_count: 3,
						language: 'rust',
						provenance: ['ingest', 'agent'],
						workspace_id: 'w2',
						file_path: 'c.rs',
					},
					{ vector: unit(1, 1, 1, 0) },
				),
			);
			const ids = numbers.map(uuid);
			expect((await store.scroll(CODE, { filter, limit: 9 })).points.map(({ id }) => id)).toEqual(ids);
			expect(await store.count(CODE, filter)).toBe(numbers.length);
			expect((await found({ dense: { vector: unit(1, 0, 0, 0) }, filter, limit: 9 })).sort()).toEqual(ids);
			expect((await found({ lexical: [query('text', 'shared')], filter, limit: 9 })).sort()).toEqual(ids);
			for (const request of [{ dense: { vector: unit(1, 0, 0, 0) } }, { lexical: [query('text', 'shared')] }]) {
				const points = await store.search(CODE, { ...request, filter, limit: 9 });
				const places = points.map(({ id, score, payload }) => ({ id, score, filePath: payload.file_path }));
				expect(await store.rank(CODE, { ...request, filter, limit: 9 })).toEqual(places);
			}
			expect(
				(
					await store.searchDocuments({
						lexical: query('text', 'shared'),
						filter,
						limit: 9,
					})
				).length,
			).toBe(numbers.length);
			await store.delete(CODE, { filter });
			expect(await store.count(CODE)).toBe(3 - numbers.length);
		});

		test('ranks by cosine of the model vector, and of the static one', async () => {
			await put(
				codePoint(1, 'a', {}, { vector: unit(1, 0, 0, 0), staticVector: Int8Array.of(0, 127) }),
				codePoint(2, 'b', {}, { vector: unit(1, 1, 0, 0), staticVector: Int8Array.of(127, 0) }),
				codePoint(3, 'c'),
			);
			const dense = await store.search(CODE, {
				dense: { vector: unit(1, 0.1, 0, 0) },
				limit: 5,
			});
			expect(dense.map(({ id }) => id)).toEqual([uuid(1), uuid(2)]);
			expect(dense[0]?.score).toBeCloseTo(1 / Math.hypot(1, 0.1), 2);
			expect(await found({ static: { vector: unit(1, 0.1) }, limit: 5 })).toEqual([uuid(2), uuid(1)]);
			expect(await found({ static: { vector: unit(1, 0.1) }, limit: 1 })).toEqual([uuid(2)]);
		});

		test('finds by words of the text, the path and the symbols, the rarer first', async () => {
			await put(
				codePoint(1, 'common rare', { file_path: 'src/parser.ts' }, { symbols: 'parseTree' }),
				codePoint(2, 'common', { file_path: 'src/writer.ts' }, { symbols: 'writeTree' }),
				codePoint(3, 'common', { file_path: 'src/reader.ts' }),
			);
			expect((await found({ lexical: [query('text', 'common', 'rare')], limit: 5 }))[0]).toBe(uuid(1));
			expect(await found({ lexical: [query('path', 'writer')], limit: 5 })).toEqual([uuid(2)]);
			expect(await found({ lexical: [query('symbol', 'parse')], limit: 5 })).toEqual([uuid(1)]);
			expect(await found({ lexical: [query('text', 'absent')], limit: 5 })).toEqual([]);
		});

		test('fuses rankings by reciprocal rank', async () => {
			await put(
				codePoint(1, 'needle', {}, { vector: unit(0, 1, 0, 0) }),
				codePoint(2, 'hay', {}, { vector: unit(1, 0, 0, 0) }),
				codePoint(3, 'needle hay', {}, { vector: unit(0.9, 0.1, 0, 0) }),
			);
			const fused = await store.search(CODE, {
				dense: { vector: unit(1, 0, 0, 0), weight: 2 },
				lexical: [{ ...query('text', 'needle'), weight: 3 }],
				limit: 3,
				rrfK: 10,
			});
			const scores = new Map(fused.map(({ id, score }) => [id, score]));
			expect(scores.get(uuid(1))).toBeCloseTo(2 / 13 + 3 / 11, 6);
			expect(scores.get(uuid(2))).toBeCloseTo(2 / 11, 6);
			expect(scores.get(uuid(3))).toBeCloseTo(2 / 12 + 3 / 12, 6);
			expect(fused.map(({ id }) => id)).toEqual([uuid(1), uuid(3), uuid(2)]);
		});

		test('keeps the vectors of each model and never compares them', async () => {
			await put(codePoint(1, 'a', {}, { vector: unit(1, 0, 0, 0) }), codePoint(2, 'b', {}, { vector: unit(0, 1, 0, 0) }));
			const search = () => found({ dense: { vector: unit(1, 0, 0, 0) }, limit: 5 });
			expect(await search()).toEqual([uuid(1), uuid(2)]);
			await store.useEmbeddingModel('model-b', 4);
			expect(await search()).toEqual([]);
			expect((await store.info(CODE)).vectors).toBe(0);
			await store.putVectors([{ contentHash: 'hash2', vector: unit(1, 0, 0, 0) }]);
			expect(await search()).toEqual([uuid(2)]);
			await store.useEmbeddingModel('model-a', 4);
			expect(await search()).toEqual([uuid(1), uuid(2)]);
			expect(await store.info(CODE)).toEqual({
				name: CODE,
				points: 2,
				vectors: 2,
				dimension: 4,
				embeddingModel: 'model-a',
			});
			await store.useEmbeddingModel(null, 0);
			expect(await search()).toEqual([]);
			expect(await store.missingVectors(CODE, { limit: 5 })).toEqual([]);
		});

		test('refuses a known model with another dimension, and vectors of another length', async () => {
			await expect(store.useEmbeddingModel('model-a', 8)).rejects.toMatchObject({ code: 'dimension-changed' });
			await expect(store.putVectors([{ contentHash: 'x', vector: unit(1, 0) }])).rejects.toMatchObject({ code: 'dimension-changed' });
			await expect(put(codePoint(1, 'a', {}, { vector: unit(1, 0) }))).rejects.toMatchObject({ code: 'invalid-argument' });
			expect(await store.count(CODE)).toBe(0);
		});

		test('names what lacks a vector once, files asked for first, of the workspace asked for', async () => {
			await put(
				codePoint(1, 'one', { file_path: 'a.ts' }),
				codePoint(2, 'two', { file_path: 'b.ts', breadcrumb: ['Tree'] }),
				codePoint(3, 'one', { file_path: 'c.ts', content_hash: 'hash1' }),
				codePoint(4, 'four', { file_path: 'd.ts', workspace_id: 'w2' }),
			);
			expect(await store.missingVectors(CODE, { limit: 1, first: ['b.ts'] })).toEqual([{ contentHash: 'hash2', text: 'Tree\ntwo', filePath: 'b.ts' }]);
			// A content counts as long as one of its files is asked about.
			expect((await store.missingVectors(CODE, { limit: 9, without: ['b.ts', 'a.ts'] })).map(({ contentHash, filePath }) => [contentHash, filePath])).toEqual([
				['hash1', 'c.ts'],
				['hash4', 'd.ts'],
			]);
			expect(await store.missingVectors(CODE, { limit: 9, first: ['b.ts'], without: ['a.ts', 'b.ts', 'c.ts', 'd.ts'] })).toEqual([]);
			expect((await store.missingVectors(CODE, { limit: 9 })).map(({ contentHash }) => contentHash)).toEqual(['hash1', 'hash2', 'hash4']);
			const second = must({ key: 'workspace_id', match: { value: 'w2' } });
			expect(await store.missingVectors(CODE, { limit: 1, filter: second })).toEqual([{ contentHash: 'hash4', text: 'four', filePath: 'd.ts' }]);
			await store.putVectors([{ contentHash: 'hash1', vector: unit(1, 0, 0, 0) }]);
			expect((await store.missingVectors(CODE, { limit: 9 })).map(({ contentHash }) => contentHash)).toEqual(['hash2', 'hash4']);
			await put(codePoint(5, 'late', { content_hash: 'hash5' }));
			expect((await store.missingVectors(CODE, { limit: 9 })).length).toBe(3);
			expect((await found({ dense: { vector: unit(1, 0, 0, 0) }, limit: 9 })).sort()).toEqual([uuid(1), uuid(3)]);
			expect((await store.vectors(['hash1', 'hash2'])).get('hash1')?.[0]).toBeCloseTo(1, 2);
			expect((await store.get(CODE, [uuid(1), uuid(2)])).map(({ hasVector }) => hasVector)).toEqual([true, false]);
		});

		test('a replaced vector is found where it now points', async () => {
			await put(codePoint(1, 'a', {}, { vector: unit(1, 0, 0, 0) }));
			await found({ dense: { vector: unit(1, 0, 0, 0) }, limit: 1 });
			await store.putVectors([{ contentHash: 'hash1', vector: unit(0, 1, 0, 0) }]);
			expect(
				(
					await store.search(CODE, {
						dense: { vector: unit(0, 1, 0, 0) },
						limit: 1,
					})
				)[0]?.score,
			).toBeCloseTo(1, 3);
		});

		test('what setPayload stored survives that the point is written again', async () => {
			await put(codePoint(1, 'a'), codePoint(2, 'b'));
			await found({ lexical: [query('text', 'a')], limit: 1 });
			const patch: Partial<CodebaseContextPayload> = {
				access_count: 7,
				last_accessed: '2026-01-01T00:00:00.000Z',
			};
			await store.setPayload(CODE, [uuid(1)], patch);
			await store.setPayload(CODE, [uuid(1)], { success_rate: 0.75 });
			await put(codePoint(1, 'a', { start_line: 12 }));
			const [point, other] = await store.get(CODE, [uuid(1), uuid(2)]);
			expect(point?.payload).toMatchObject({
				...patch,
				success_rate: 0.75,
				start_line: 12,
			});
			expect(other?.payload.access_count).toBe(0);
			expect(await store.count(CODE, must({ key: 'access_count', range: { gte: 7 } }))).toBe(1);
		});

		test('counts in how many points a term occurs', async () => {
			await put(codePoint(1, 'alpha alpha beta'), codePoint(2, 'alpha'), codePoint(3, 'gamma', { workspace_id: 'w2' }));
			const hashes = ['alpha', 'beta', 'gamma'].map(hashTerm);
			expect(await store.termStatistics(CODE, { field: 'text', hashes })).toEqual({ points: 3, frequencies: [2, 1, 1] });
			const filter = must({ key: 'workspace_id', match: { value: 'w1' } });
			await store.delete(CODE, { ids: [uuid(2)] });
			expect(await store.termStatistics(CODE, { field: 'text', hashes, filter })).toEqual({ points: 1, frequencies: [1, 1, 0] });
		});

		test('scores files as wholes', async () => {
			await put(codePoint(1, 'alpha', { file_path: 'a.ts' }), codePoint(2, 'beta', { file_path: 'a.ts' }), codePoint(3, 'alpha gamma delta', { file_path: 'b.ts' }));
			const documents = await store.searchDocuments({
				lexical: query('text', 'alpha', 'beta'),
				limit: 5,
			});
			expect(documents.map(({ workspaceId, filePath }) => `${workspaceId} ${filePath}`)).toEqual(['w1 a.ts', 'w1 b.ts']);
			await store.delete(CODE, { ids: [uuid(1), uuid(2)] });
			expect(
				(
					await store.searchDocuments({
						lexical: query('text', 'alpha', 'beta'),
						limit: 5,
					})
				).map(({ filePath }) => filePath),
			).toEqual(['b.ts']);
		});

		test('holds all five collections apart', async () => {
			for (const [index, collection] of COLLECTION_NAMES.entries()) {
				const point = codePoint(index + 1, 'shared', {
					workspace_id: null,
					scope: 'global',
					content_hash: `h${index}`,
				});
				await store.upsert(collection, [{ ...point, vector: unit(1, 0, 0, 0) } as VectorPoint]);
			}
			for (const [index, collection] of COLLECTION_NAMES.entries()) {
				expect(
					(
						await store.search(collection, {
							dense: { vector: unit(1, 0, 0, 0) },
							lexical: [query('text', 'shared')],
							limit: 9,
						})
					).map(({ id }) => id),
				).toEqual([uuid(index + 1)]);
				await store.setPayload(collection, [uuid(((index + 1) % 5) + 1)], {
					status: 'retired',
				});
				expect(await store.get(collection, [uuid(((index + 1) % 5) + 1)])).toEqual([]);
			}
			for (const [index, collection] of COLLECTION_NAMES.entries()) expect((await store.get(collection, [uuid(index + 1)]))[0]?.payload.status).toBe('active');
		});

		test('a second store on the same data sees what the first wrote', async (context) => {
			if (!opened.second) return context.skip('this implementation has no second store on the same data');
			const second = await opened.second();
			await second.useEmbeddingModel('model-a', 4);
			const search = async (word: string) => {
				await second.refresh();
				return (
					await second.search(CODE, {
						lexical: [query('text', word)],
						limit: 5,
					})
				).map(({ id, payload }) => [id, payload.access_count]);
			};
			await put(codePoint(1, 'alpha'), codePoint(2, 'beta'));
			expect(await search('alpha')).toEqual([[uuid(1), 0]]);
			await store.setPayload(CODE, [uuid(1)], { access_count: 4 });
			expect(await search('alpha')).toEqual([[uuid(1), 4]]);
			await store.delete(CODE, { ids: [uuid(1)] });
			await put(codePoint(2, 'delta', { content_hash: 'changed' }));
			await store.putVectors([{ contentHash: 'changed', vector: unit(1, 0, 0, 0) }]);
			expect([await search('alpha'), await search('beta'), await search('delta')]).toEqual([[], [], [[uuid(2), 0]]]);
			expect(
				(
					await second.search(CODE, {
						dense: { vector: unit(1, 0, 0, 0) },
						limit: 5,
					})
				).map(({ id }) => id),
			).toEqual([uuid(2)]);
			await second.close();
		});
	});
}
