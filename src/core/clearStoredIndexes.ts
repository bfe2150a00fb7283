import type { ClearedIndexes } from './domain/storedIndex.ts';
import type { OpenFolders } from './openFolders.ts';
import type { StoredIndexes } from './store/storedIndexes.ts';

/** Removes these repositories' indexes: one that is open here begins anew when it is indexed again, one that another process has open stays. */
export async function clearStoredIndexes(repositoryIds: readonly string[], folders: OpenFolders, stored: StoredIndexes): Promise<ClearedIndexes> {
	const open = folders.repositoryIds();
	const isCleared = new Map<string, boolean>(repositoryIds.map((id) => [id, open.has(id)]));
	const ofHere = repositoryIds.filter((id) => open.has(id));
	if (ofHere.length > 0) await folders.clear(new Set(ofHere));
	for (const id of repositoryIds) if (!open.has(id)) isCleared.set(id, await stored.remove(id));
	return { cleared: repositoryIds.filter((id) => isCleared.get(id)), inUse: repositoryIds.filter((id) => !isCleared.get(id)) };
}
