import type { CommonPayload } from '#core/domain/collection';
import type { Worktree } from '#core/domain/file';
import { isSecretPath } from '#core/domain/secretFiles';
import type { FilePort } from '#core/ports';

const MAX_BYTES = 2_000_000;

/**
 * Whether any of the places that an item speaks of is still there: the file, and in it the name. Null where nothing can be said: it points at
 * nothing, or at no worktree that is open.
 */
export async function checkAnchors({ anchors = [] }: Pick<CommonPayload, 'anchors'>, worktrees: readonly Worktree[], files: FilePort): Promise<boolean | null> {
	let hasLooked = false;
	for (const anchor of anchors) {
		const [workspaceId = '', path = '', symbol = ''] = anchor.split('\n');
		const worktree = worktrees.find(({ id }) => id === workspaceId);
		if (!worktree || path === '' || path.split('/').includes('..') || isSecretPath(path)) continue;
		hasLooked = true;
		const bytes = await files.readFile(files.join(worktree.path, ...path.split('/')), { maxBytes: MAX_BYTES }).catch(() => null);
		if (bytes && (symbol === '' || hasName(new TextDecoder().decode(bytes), symbol))) return true;
	}
	return hasLooked ? false : null;
}

/** The last part of a qualified name, as a whole word. */
function hasName(text: string, symbol: string): boolean {
	const name = symbol.split(/[.:#/]+/).at(-1) ?? symbol;
	for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
		const around = (text[at - 1] ?? ' ') + (text[at + name.length] ?? ' ');
		if (!/[\w$]/.test(around)) return true;
	}
	return false;
}
