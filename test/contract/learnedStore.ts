import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashTerm } from '#core/domain/lexicalVector';
import type { LearnedStore } from '#core/store/vectorStore';
import { codePoint, unit, uuid } from '../support/stores.ts';

const CODE = 'codebase-context';

/** What every LearnedStore keeps to beyond what a VectorStore does. `open` gives a store of its own each time. */
export function learnedStoreContract(name: string, open: () => Promise<{ readonly store: LearnedStore; readonly dispose: () => Promise<void> }>): void {
	describe(`${name}, of what is learned`, () => {
		let opened: Awaited<ReturnType<typeof open>>;
		let store: LearnedStore;
		beforeEach(async () => {
			opened = await open();
			store = opened.store;
			await store.useEmbeddingModel('model-a', 4);
		});
		afterEach(() => opened.dispose());
		const payload = async () => (await store.own(CODE, [uuid(1)]))[0]?.payload ?? null;
		const found = async (word: string) => {
			const terms = [{ hash: hashTerm(word), weight: 1 }];
			return (await store.search(CODE, { lexical: [{ field: 'text', terms }], limit: 5 })).map(({ id }) => id);
		};

		test('replaces an item as a whole, what was set on it included, and finds what it says now', async () => {
			expect(await store.replace(CODE, codePoint(1, 'alpha'), null)).toBe(true);
			await store.setPayload(CODE, [uuid(1)], { access_count: 5, success_rate: 0.9 });
			const next = codePoint(1, 'beta', { content_hash: 'next', access_count: 6 }, { vector: unit(1, 0, 0, 0) });
			expect(await store.replace(CODE, next, await payload())).toBe(true);
			expect(await payload()).toEqual(next.payload);
			expect([await found('alpha'), await found('beta')]).toEqual([[], [uuid(1)]]);
			expect((await store.get(CODE, [uuid(1)]))[0]?.hasVector).toBe(true);
		});

		test('changes nothing where somebody was faster: by a point, a field, a deletion, or with the first one', async () => {
			await store.upsert(CODE, [codePoint(1, 'alpha')]);
			const seen = await payload();
			expect(await store.replace(CODE, codePoint(1, 'mine'), null)).toBe(false);
			await store.setPayload(CODE, [uuid(1)], { access_count: 5 });
			expect(await store.replace(CODE, codePoint(1, 'mine'), seen)).toBe(false);
			await store.upsert(CODE, [codePoint(1, 'theirs', { content_hash: 'theirs' })]);
			expect(await store.replace(CODE, codePoint(1, 'mine'), seen)).toBe(false);
			expect(await payload()).toMatchObject({ code_snippet: 'theirs', access_count: 5 });
			const last = await payload();
			await store.delete(CODE, { ids: [uuid(1)] });
			expect(await store.replace(CODE, codePoint(1, 'mine'), last)).toBe(false);
			expect(await payload()).toBeNull();
		});
	});
}
