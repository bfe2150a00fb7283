import { CoordinatorError } from '#core/base/errors';
import type { PayloadOf } from '#core/domain/collection';
import type { LearnedCollection } from '#core/domain/knowledge';
import type { LearnedStore, VectorPoint } from '#core/store/vectorStore';

/** What an item becomes. */
export type ItemUpdate<C extends LearnedCollection> = Omit<VectorPoint<C>, 'id'>;

/** Each failed try is one in which another process was faster, so one in ever fewer needs many. */
const MAX_TRIES = 100;

/**
 * Makes an item what `change` says it becomes, without losing what other processes write meanwhile: where one was faster, `change` is asked again with
 * what is there then. Null: it stays as it is. What others share is as good as not there. Gives whether something was stored; rejects with `database-locked` where others are faster all the time.
 */
export async function updateItem<C extends LearnedCollection>(
	store: LearnedStore,
	collection: C,
	id: string,
	change: (known: PayloadOf[C] | undefined) => Promise<ItemUpdate<C> | null>,
): Promise<boolean> {
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const known = (await store.own(collection, [id]))[0]?.payload;
		const update = await change(known);
		if (!update) return false;
		if (await store.replace(collection, { ...update, id }, known ?? null)) return true;
	}
	throw new CoordinatorError('database-locked', 'What was learned is being changed by others all the time.', { isRetryable: true });
}
