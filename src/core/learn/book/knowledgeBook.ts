import { CoordinatorError } from '#core/base/errors';
import type { PayloadOf } from '#core/domain/collection';
import { decayedSuccessRate } from '#core/domain/experience';
import {
	type ForgetScope,
	type ItemCounts,
	type KnowledgeChange,
	type KnowledgeDetail,
	type KnowledgeItem,
	type KnowledgePage,
	type KnowledgeQuery,
	LEARNED_COLLECTIONS,
	type LearnedCollection,
} from '#core/domain/knowledge';
import type { ClockPort } from '#core/ports';
import type { Settings } from '#core/settings';
import type { OthersReader, StoredPoint } from '#core/store/vectorStore';
import { changeItem } from './changeItem.ts';
import { describeFields, describeItem, searchedText } from './describeItem.ts';
import { findSources } from './findSources.ts';
import { readOthers } from './othersItems.ts';
import { ofWorkspace, readAll } from './readAll.ts';
import { forgetSolutionsOf, NOTHING, type RemovalStores, removeItems } from './removeItems.ts';

const MOST_ITEMS = 500;

interface FoundItem {
	readonly collection: LearnedCollection;
	readonly point: StoredPoint<LearnedCollection>;
	/** The teammate whose it is; null: this user's. */
	readonly owner: string | null;
}

/** What was learned, for its owner: everything can be seen, changed and deleted. */
export interface KnowledgeBook {
	list(query: KnowledgeQuery): Promise<KnowledgePage>;
	/** Throws `not-found`. */
	detail(id: string): Promise<KnowledgeDetail>;
	/** Throws `not-found`, and `invalid-argument` for what cannot be done to the item, as anything to one of a teammate. */
	change(id: string, change: KnowledgeChange): Promise<KnowledgeItem>;
	/** Removes items from every store, for good. Unknown ids count for nothing. */
	remove(ids: readonly string[]): Promise<ItemCounts>;
	forget(scope: ForgetScope): Promise<ItemCounts>;
}

export function createKnowledgeBook(
	options: RemovalStores & {
		readonly others?: OthersReader | null;
		readonly clock: Pick<ClockPort, 'nowMs'>;
		readonly settings: () => Settings;
		readonly breathe?: () => Promise<void>;
	},
): KnowledgeBook {
	const { store, others = null, outcomes, extractions, eraser, clock, settings, breathe = async () => undefined } = options;

	/** An item of this user, else that of a teammate. */
	async function find(id: string): Promise<FoundItem> {
		const filter = { must: [{ has_id: [id] }] };
		for (const collection of LEARNED_COLLECTIONS) {
			const [point] = (await store.scroll(collection, { filter, limit: 1 })).points;
			if (point) return { collection, point, owner: null };
		}
		for (const collection of LEARNED_COLLECTIONS) {
			for await (const { owner, ...point } of readOthers(others, collection, filter)) return { collection, point, owner };
		}
		throw new CoordinatorError('not-found', 'This item is not known any more.', { details: { id } });
	}

	async function describe({ collection, point: { id, payload }, owner }: FoundItem): Promise<KnowledgeItem> {
		const credits = (await outcomes.creditsAt([id])).get(id) ?? [];
		const { rate } = decayedSuccessRate(credits, clock.nowMs(), settings().learning.halfLifeDays);
		const use = { successRate: credits.length > 0 ? rate : null, timesUsed: credits.length };
		return describeItem(collection, id, payload as PayloadOf[typeof collection], use, owner);
	}

	async function finish(): Promise<void> {
		await eraser.purge();
		await eraser.removeCopies();
	}

	return {
		async list({ collections = LEARNED_COLLECTIONS, statuses, workspaceId, isPinned, text = '', limit, offset = 0 }) {
			const words = text.toLowerCase().split(/\s+/).filter(Boolean);
			const isWanted = (collection: LearnedCollection, payload: StoredPoint<LearnedCollection>['payload'], isItemPinned: boolean) => {
				if (statuses && !statuses.includes(payload.status)) return false;
				if (isPinned !== undefined && isPinned !== isItemPinned) return false;
				const searched = words.length > 0 ? searchedText(collection, payload as never) : '';
				return words.every((word) => searched.includes(word));
			};
			/** The point is kept of what is not this user's: it cannot be had again one by one. */
			const found: { readonly collection: LearnedCollection; readonly id: string; readonly updatedMs: number; readonly theirs?: FoundItem }[] = [];
			for (const collection of collections) {
				const own = new Set<string>();
				for await (const { id, payload } of readAll(store, collection, ofWorkspace(workspaceId))) {
					await breathe();
					own.add(id);
					if (!isWanted(collection, payload, payload.pinned === true)) continue;
					found.push({ collection, id, updatedMs: describeItem(collection, id, payload as never).updatedMs });
				}
				// What a team shares is for every workspace.
				for await (const { owner, ...point } of readOthers(others, collection)) {
					const { id, payload } = point;
					if (own.has(id) || !isWanted(collection, payload, false)) continue;
					own.add(id);
					found.push({ collection, id, updatedMs: describeItem(collection, id, payload as never).updatedMs, theirs: { collection, point, owner } });
				}
			}
			found.sort((a, b) => b.updatedMs - a.updatedMs || (a.id < b.id ? -1 : 1));
			const end = offset + Math.min(Math.max(0, limit), MOST_ITEMS);
			const items: KnowledgeItem[] = [];
			for (const { collection, id, theirs } of found.slice(offset, end)) {
				const [point] = theirs ? [theirs.point] : await store.get(collection, [id]);
				if (point) items.push(await describe({ collection, point, owner: theirs?.owner ?? null }));
			}
			return { items, total: found.length, nextOffset: end < found.length ? end : null };
		},

		async detail(id) {
			const item = await find(id);
			const { collection, point, owner } = item;
			const isInteraction = collection === 'interaction-history';
			const derived: { id: string; title: string }[] = [];
			for (const source of isInteraction ? (['skills-patterns', 'error-solutions'] as const) : []) {
				const learned = readAll(store, source, { must: [{ key: 'provenance', match: { value: id } }] });
				for await (const { id: learnedId, payload } of learned) derived.push({ id: learnedId, title: describeItem(source, learnedId, payload as never).title });
			}
			return {
				item: await describe(item),
				fields: describeFields(collection, point.payload as never, owner === null),
				// Whose questions a teammate learned it from is not known here.
				sources: isInteraction || owner !== null ? [] : await findSources({ store, outcomes }, id, point.payload),
				signals: isInteraction ? await outcomes.signals(id) : [],
				derived,
			};
		},

		async change(id, change) {
			const { collection, point, owner } = await find(id);
			if (owner !== null) throw new CoordinatorError('invalid-argument', `This is shared by ${owner}, who alone can change it.`, { details: { id, owner } });
			await changeItem(store, collection, point as StoredPoint<typeof collection>, change, new Date(clock.nowMs()).toISOString());
			// The text before an edit has no owner any more.
			if (change.action === 'edit') await finish();
			const [changed] = await store.get(collection, [id]);
			return describe({ collection, point: changed ?? point, owner });
		},

		async remove(ids) {
			const removed = await removeItems(options, ids);
			await finish();
			return removed;
		},

		async forget(scope) {
			const isAll = 'everything' in scope;
			const ids: Record<LearnedCollection, string[]> = { 'skills-patterns': [], 'error-solutions': [], 'best-practices': [], 'interaction-history': [] };
			for (const collection of LEARNED_COLLECTIONS) {
				for await (const { id, payload } of readAll(store, collection)) {
					if (isAll || payload.workspace_id === scope.workspaceId || payload.shared_from === scope.workspaceId) ids[collection].push(id);
				}
			}
			for (const collection of LEARNED_COLLECTIONS) {
				await options.onRemove?.(collection, ids[collection]);
				await outcomes.forgetItems(ids[collection]);
				await store.delete(collection, { ids: ids[collection] });
			}
			await extractions.forget(isAll ? null : ids['interaction-history']);
			await options.skills.forgetEvidence(ids['interaction-history']);
			// What was learned from them elsewhere.
			const emptied = await forgetSolutionsOf(options, ids['interaction-history']);
			if (isAll) options.rankings.clear();
			else options.rankings.forget(ids['interaction-history']);
			await outcomes.forget(ids['interaction-history']);
			await outcomes.forgetWorkspace(isAll ? null : scope.workspaceId);
			if (isAll) await eraser.forgetDeleted(null);
			await finish();
			const counts: ItemCounts = Object.assign({ ...NOTHING }, ...LEARNED_COLLECTIONS.map((collection) => ({ [collection]: ids[collection].length })));
			return { ...counts, 'error-solutions': counts['error-solutions'] + emptied };
		},
	};
}
