import type { LearnedCollection } from '#core/domain/knowledge';
import type { Filter, StoredPoint, VectorStore } from '#core/store/vectorStore';

const PAGE = 500;

/** Every point of a collection that passes, page by page. */
export async function* readAll<C extends LearnedCollection>(store: VectorStore, collection: C, filter?: Filter): AsyncGenerator<StoredPoint<C>> {
	for (let offset: string | null = ''; offset !== null; ) {
		const page: Awaited<ReturnType<typeof store.scroll<C>>> = await store.scroll(collection, {
			limit: PAGE,
			...(offset === '' ? {} : { offset }),
			...(filter ? { filter } : {}),
		});
		yield* page.points;
		offset = page.nextOffset;
	}
}

/** Items of a workspace, and those of all; absent: no limit. */
export function ofWorkspace(workspaceId: string | undefined): Filter | undefined {
	return workspaceId === undefined ? undefined : { must: [{ key: 'workspace_id', match: { any: [workspaceId, ''] } }] };
}
