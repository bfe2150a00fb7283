import { type ItemCounts, LEARNED_COLLECTIONS, type LearnedCollection } from '#core/domain/knowledge';
import type { Eraser } from '#core/store/eraser';
import type { ExtractionStore } from '#core/store/extractionStore';
import type { OutcomeStore } from '#core/store/outcomeStore';
import type { RankingStore } from '#core/store/rankingStore';
import type { VectorStore } from '#core/store/vectorStore';
import type { SolutionKeeper } from '../error/solutionKeeper.ts';
import { isOwned, type SkillKeeper } from '../pattern/skillKeeper.ts';
import { readAll } from './readAll.ts';

export interface InteractionStores {
	readonly store: VectorStore;
	readonly outcomes: OutcomeStore;
	readonly rankings: RankingStore;
	readonly extractions: ExtractionStore;
	readonly eraser: Eraser;
	readonly skills: SkillKeeper;
	/** Told of items before they are gone, by whichever way: whoever keeps something of them lets go of it. */
	readonly onRemove?: (collection: LearnedCollection, ids: readonly string[]) => Promise<void>;
}

export interface RemovalStores extends InteractionStores {
	readonly solutions: SolutionKeeper;
}

/** Ids that are looked for at a time. */
const IDS = 200;

export const NOTHING: ItemCounts = { 'skills-patterns': 0, 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 0 };

/**
 * Removes items from every store that knows of them: their points, what was heard of them, what they earned, the examples made of them, and
 * skills and error solutions that were learned from nothing else and that the user has not taken for their own. May be cut off at any moment and called again.
 * `purge` of the eraser, which the caller owes, makes it final.
 */
export async function removeItems(stores: RemovalStores, ids: readonly string[]): Promise<ItemCounts> {
	const { store, eraser } = stores;
	const found = await Promise.all(LEARNED_COLLECTIONS.map(async (collection) => [collection, await ownIds(store, collection, ids)] as const));
	const removed: Record<LearnedCollection, number> = { ...NOTHING };
	for (const [collection, present] of found) {
		if (present.length === 0) continue;
		if (collection === 'interaction-history') {
			const derived = await derivedOnlyFrom(store, present);
			await removeLearned(stores, 'skills-patterns', derived);
			removed['skills-patterns'] += derived.length;
			removed['error-solutions'] += await forgetSolutionsOf(stores, present);
			await removeInteractions(stores, present);
		} else {
			// What is read anew from a file must not come back.
			if (collection === 'best-practices') await eraser.noteDeleted(present);
			await removeLearned(stores, collection, present);
		}
		removed[collection] += present.length;
	}
	return removed;
}

/** Takes out of error solutions what interactions taught that go. Gives how many went with them. */
export async function forgetSolutionsOf(stores: RemovalStores, interactionIds: readonly string[]): Promise<number> {
	const emptied = await stores.solutions.forgetSources(interactionIds);
	await removeLearned(stores, 'error-solutions', emptied);
	return emptied.length;
}

async function removeLearned({ store, outcomes, onRemove }: InteractionStores, collection: LearnedCollection, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	await onRemove?.(collection, ids);
	await outcomes.forgetItems(ids);
	await store.delete(collection, { ids });
}

/** Those of the ids that this user has; what teammates share is theirs. */
async function ownIds(store: VectorStore, collection: LearnedCollection, ids: readonly string[]): Promise<readonly string[]> {
	const own: string[] = [];
	for (let i = 0; i < ids.length; i += IDS) {
		for await (const { id } of readAll(store, collection, { must: [{ has_id: ids.slice(i, i + IDS) }] })) own.push(id);
	}
	return own;
}

/** Removes interactions with what was heard of them. Skills stay, without the examples made of them; error solutions stay as they are. */
export async function removeInteractions({ store, outcomes, rankings, extractions, skills, onRemove }: InteractionStores, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	await onRemove?.('interaction-history', ids);
	await extractions.forget(ids);
	await skills.forgetEvidence(ids);
	rankings.forget(ids);
	await outcomes.forget(ids);
	await store.delete('interaction-history', { ids });
}

async function derivedOnlyFrom(store: VectorStore, interactionIds: readonly string[]): Promise<readonly string[]> {
	const gone = new Set(interactionIds);
	const derived: string[] = [];
	for await (const { id, payload } of readAll(store, 'skills-patterns')) {
		const sources = payload.provenance.filter((name) => !name.startsWith('agent:'));
		if (sources.length > 0 && sources.every((source) => gone.has(source)) && !isOwned(payload)) derived.push(id);
	}
	return derived;
}
