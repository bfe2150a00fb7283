import type { IndexStatus } from '#protocol/messages';

const folders = new Map<string, string>();

/** Remembers where worktrees lie, from a status. */
export function rememberFolders(status: IndexStatus | null): void {
	for (const { worktreeId, path } of status?.folders ?? []) folders.set(worktreeId, path);
}

/** The folder of a worktree by the id that hits carry. */
export function folderOf(worktreeId: string): string | undefined {
	return folders.get(worktreeId);
}
