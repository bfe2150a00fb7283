import type { WorkspaceFolder, Worktree } from '#core/domain/file';
import type { FilePort, GitPort } from '#core/ports';
import { toRelativePosix } from './workspacePaths.ts';

/**
 * Who a folder is. With git: the repository is its root commit, the worktree its name in that repository and the folder's place below the
 * top level, so a move changes neither. Without: both are the resolved path.
 */
export async function identifyWorktree(folder: WorkspaceFolder, ports: { readonly files: FilePort; readonly git: GitPort }): Promise<Worktree> {
	const path = await ports.files.realPath(folder.path);
	const git = await ports.git.identify(path);
	if (!git) return { ...folder, id: await digest(`worktree path ${path}`), repositoryId: await digest(`repository path ${path}`) };
	const within = toRelativePosix(git.topLevel, path) ?? '';
	return {
		...folder,
		id: await digest(`worktree git ${git.rootCommit} ${git.worktreeName} ${within}`),
		repositoryId: await digest(`repository git ${git.rootCommit}`),
	};
}

/** First 16 hex digits of SHA-256. */
async function digest(text: string): Promise<string> {
	const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
	return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
