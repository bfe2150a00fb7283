import { CoordinatorError } from '#core/base/errors';
import type { Hit } from '#core/domain/hit';
import type { FilePort } from '#core/ports';
import type { FolderStores } from './candidates.ts';

/**
 * Leaves out hits whose file is gone by now: watchers may miss a file that came and went quickly, and an index can be older than the disk.
 * `onVanished` gets their absolute paths.
 */
export async function dropVanished(
	hits: readonly Hit[],
	stores: readonly FolderStores[],
	files: Pick<FilePort, 'stat' | 'join'>,
	onVanished: (paths: readonly string[]) => void,
): Promise<readonly Hit[]> {
	const pathOf = (hit: Hit) => pathOfHit(hit, stores, files) ?? '';
	const paths = [...new Set(hits.map(pathOf))];
	const isGone = await Promise.all(
		paths.map((path) =>
			files.stat(path).then(
				() => false,
				(error: unknown) => CoordinatorError.is(error, 'not-found'),
			),
		),
	);
	const gone = new Set(paths.filter((_, index) => isGone[index]));
	if (gone.size === 0) return hits;
	onVanished([...gone]);
	return hits.filter((hit) => !gone.has(pathOf(hit)));
}

/** Absolute path of a hit's file; null where its folder is not open. */
export function pathOfHit({ workspaceId, filePath }: Hit, stores: readonly FolderStores[], files: Pick<FilePort, 'join'>): string | null {
	const folder = stores.find(({ worktree }) => worktree.id === workspaceId);
	return folder ? files.join(folder.worktree.path, ...filePath.split('/')) : null;
}
