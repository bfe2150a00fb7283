import type { FixRefusal, FixRequest } from '#core/domain/fix';
import { type LocalOnlyCheck, mayRead } from '#core/domain/localOnly';
import { isSecretPath } from '#core/domain/secretFiles';
import type { FilePort } from '#core/ports';
import type { FolderStores } from '../search/candidates.ts';

/** A file that an answer may change, with the text that the editor has of it. */
export interface FixFile {
	/** Absolute. */
	readonly path: string;
	readonly text: string;
	/** The editor's or the grammar's id of its language. */
	readonly language: string;
}

export type FoundFixFile = { readonly file: FixFile } | { readonly refused: Extract<FixRefusal, 'secret-file' | 'not-indexed' | 'local-only'> };

/** Finds the file that an answer means by a name. */
export type FindFixFile = (name: string, asked: { readonly request: FixRequest; readonly model: { readonly isRemote: boolean } }) => Promise<FoundFixFile>;

/** Larger texts are not changed. */
const MAX_CHARACTERS = 1_000_000;

/**
 * Finds files by the names under which prompts show them. What may be changed is the diagnostics' own file and what is in the index of an open folder:
 * that is no secret file, is not ignored, is text, is not too large, and lies in the folder. The name is looked up as it is, so nothing that it says
 * leads out of there, and a file that a link has taken the place of since is refused. A model elsewhere changes only what it might be shown; of all
 * else it is not even found out what is in it.
 */
export function createFindFixFile(options: {
	readonly stores: () => readonly Pick<FolderStores, 'worktree' | 'manifest'>[];
	readonly files: Pick<FilePort, 'readFile' | 'realPath' | 'join'>;
	readonly localOnly: LocalOnlyCheck;
}): FindFixFile {
	const { files } = options;

	/** An absolute path, or one in a folder; the folder of the diagnostics first, for names that several have. */
	async function indexed(name: string, own: string): Promise<(FolderPath & { readonly language: string }) | null> {
		const stores = [...options.stores()].sort((a, b) => Number(isIn(b.worktree.path, own)) - Number(isIn(a.worktree.path, own)));
		for (const { worktree, manifest } of stores) {
			for (const path of namesIn(worktree.path, name)) {
				const entry = (await manifest.entries(worktree.id, [path])).get(path);
				if (entry?.skipReason === null && entry.contentHash !== null) return { folder: worktree.path, path, language: entry.language ?? '' };
			}
		}
		return null;
	}

	/** Whether neither the file nor a folder on the way to it is a link. */
	async function isWhereItSays({ folder, path }: FolderPath): Promise<boolean> {
		const parts = path.split('/');
		const [real, realFolder] = await Promise.all([files.realPath(files.join(folder, ...parts)), files.realPath(folder)]);
		return real === files.join(realFolder, ...parts);
	}

	return async (name, { request, model }) => {
		if (isSecretPath(name)) return { refused: 'secret-file' };
		if (isOwn(name, request.path, options.stores())) return { file: request };
		const found = await indexed(name, request.path);
		// Models shorten the name of the file that they were asked about.
		if (!found && slashes(request.path).endsWith(`/${slashes(name)}`)) return { file: request };
		if (!found || isSecretPath(found.path)) return { refused: 'not-indexed' };
		const path = files.join(found.folder, ...found.path.split('/'));
		const unsaved = request.unsaved?.find((file) => file.path === path)?.text;
		const [isAllowed] = await mayRead(model, [{ path, ...(unsaved === undefined ? {} : { text: unsaved }) }], options.localOnly);
		if (!isAllowed) return { refused: 'local-only' };
		try {
			if (!(await isWhereItSays(found))) return { refused: 'not-indexed' };
			const text = unsaved ?? new TextDecoder('utf-8', { fatal: true }).decode(await files.readFile(path, { maxBytes: 4 * MAX_CHARACTERS }));
			return text.length > MAX_CHARACTERS ? { refused: 'not-indexed' } : { file: { path, text, language: found.language } };
		} catch {
			return { refused: 'not-indexed' };
		}
	};
}

interface FolderPath {
	/** Absolute. */
	readonly folder: string;
	/** From there, with `/`. */
	readonly path: string;
}

function isOwn(name: string, own: string, stores: readonly Pick<FolderStores, 'worktree'>[]): boolean {
	return name === own || stores.some(({ worktree }) => isIn(worktree.path, own) && namesIn(worktree.path, name).includes(slashes(own.slice(worktree.path.length + 1))));
}

function slashes(path: string): string {
	return path.replaceAll('\\', '/');
}

function isIn(folder: string, path: string): boolean {
	return path.startsWith(folder) && /^[\\/]/.test(path.slice(folder.length));
}

/** What a name can mean in a folder: itself, itself with the separators of the index, and what is left of it below the folder. */
function namesIn(folder: string, name: string): string[] {
	const below = isIn(folder, name) ? name.slice(folder.length + 1) : name.replace(/^\.[\\/]/, '');
	return [...new Set([below, slashes(below)])];
}
