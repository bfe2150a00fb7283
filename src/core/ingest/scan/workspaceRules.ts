import type { FilePort } from '#core/ports';
import type { Settings } from '#core/settings';
import { DEFAULT_EXCLUDES } from './defaultExcludes.ts';
import { IgnoreRules } from './ignoreRules.ts';

const MAX_IGNORE_FILE_BYTES = 1_000_000;
const IGNORE_FILES = ['.gitignore', '.ignore', '.hybridignore'] as const;
/** How far up the top of a repository is looked for. */
const MAX_PARENTS = 40;

/** The rules that hold for a whole workspace: defaults, the setting, git's own exclude file, and `.gitignore` files above the folder. */
export async function workspaceRules(root: string, files: FilePort, index: Settings['index']): Promise<IgnoreRules> {
	let rules = new IgnoreRules().with('default', '', index.useDefaultExcludes ? DEFAULT_EXCLUDES : []).with('setting', '', index.exclude);
	const { parents, gitDirectory } = await repositoryAbove(root, files);
	const top = parents.at(-1);
	const exclude = gitDirectory === null ? null : await readText(files, files.join(gitDirectory, 'info', 'exclude'));
	if (exclude !== null) rules = rules.withAbove('git-exclude', top?.prefix ?? '', parents.length, exclude);
	for (const [i, { folder, prefix }] of parents.entries()) {
		const text = await readText(files, files.join(folder, '.gitignore'));
		if (text !== null) rules = rules.withAbove('.gitignore', prefix, i + 1, text);
	}
	return rules;
}

/** The rules with those of a folder's own ignore files. `names`: what lies in the folder; every name is tried when unknown. */
export async function withFolderRules(
	rules: IgnoreRules,
	place: { readonly folder: string; readonly base: string; readonly names?: ReadonlySet<string> },
	files: FilePort,
): Promise<IgnoreRules> {
	let result = rules;
	for (const name of IGNORE_FILES) {
		if (place.names && !place.names.has(name)) continue;
		const text = await readText(files, files.join(place.folder, name));
		if (text !== null) result = result.with(name, place.base, text);
	}
	return result;
}

/** The rules inside a folder of the workspace (relative path, empty for the root), its own files included; null when it is left out. */
export async function rulesInside(root: string, folder: string, files: FilePort, index: Settings['index']): Promise<IgnoreRules | null> {
	let rules = await withFolderRules(await workspaceRules(root, files, index), { folder: root, base: '' }, files);
	const segments = folder === '' ? [] : folder.split('/');
	for (const [i, name] of segments.entries()) {
		const base = segments.slice(0, i + 1).join('/');
		const verdict = name === '.git' ? 'ignored' : rules.directory(base);
		if (verdict === 'ignored') return null;
		rules = await withFolderRules(rules.inside(base, verdict), { folder: files.join(root, ...segments.slice(0, i + 1)), base }, files);
	}
	return rules;
}

interface ParentFolder {
	readonly folder: string;
	/** From here to the root, with `/` at the end. */
	readonly prefix: string;
}

/** Folders above the root up to the top of its repository, nearest first, and where that keeps its exclude file. */
async function repositoryAbove(root: string, files: FilePort): Promise<{ readonly parents: readonly ParentFolder[]; readonly gitDirectory: string | null }> {
	const parents: ParentFolder[] = [];
	let folder = root;
	let prefix = '';
	for (let i = 0; i <= MAX_PARENTS; i++) {
		const gitDirectory = await gitDirectoryOf(folder, files);
		if (gitDirectory !== null) return { parents, gitDirectory };
		const above = files.join(folder, '..');
		if (above === folder || !folder.startsWith(above)) break;
		prefix = `${folder.slice(above.length).replace(/^[\\/]/, '')}/${prefix}`;
		folder = above;
		parents.push({ folder, prefix });
	}
	return { parents: [], gitDirectory: null };
}

/** `.git` itself, or, for a linked worktree, where its repository has it in common with the others. Null where there is no repository. */
async function gitDirectoryOf(folder: string, files: FilePort): Promise<string | null> {
	const git = files.join(folder, '.git');
	try {
		if ((await files.stat(git)).kind === 'directory') return git;
	} catch {
		return null;
	}
	const pointed = /^gitdir: (.+?)\s*$/m.exec((await readText(files, git)) ?? '')?.[1];
	if (!pointed) return null;
	const own = isAbsolute(pointed) ? pointed : files.join(folder, pointed);
	const common = (await readText(files, files.join(own, 'commondir')))?.trim();
	if (!common) return own;
	return isAbsolute(common) ? common : files.join(own, common);
}

function isAbsolute(path: string): boolean {
	return /^(?:[\\/]|[A-Za-z]:)/.test(path);
}

async function readText(files: FilePort, path: string): Promise<string | null> {
	try {
		return new TextDecoder().decode(await files.readFile(path, { maxBytes: MAX_IGNORE_FILE_BYTES }));
	} catch {
		return null;
	}
}
