import { throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { ScannedFile, SkipReason } from '#core/domain/file';
import { isSecretPath } from '#core/domain/secretFiles';
import type { DirectoryEntry, FilePort } from '#core/ports';
import type { Settings } from '#core/settings';
import { reasonByName } from './defaultExcludes.ts';
import type { IgnoreRules } from './ignoreRules.ts';
import { guardedWithin } from './workspacePaths.ts';
import { rulesInside, withFolderRules, workspaceRules } from './workspaceRules.ts';

export interface ScanResult {
	readonly files: readonly ScannedFile[];
	/** Skipped entries by reason; an ignored folder counts once. */
	readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
	/** Some paths of each reason; a folder ends with `/`. */
	readonly examples: Readonly<Partial<Record<SkipReason, readonly string[]>>>;
	/** Folders that could not be read now: what is known below them must not be forgotten. */
	readonly unreadableFolders: readonly string[];
}

export interface ScanOptions {
	readonly index: Settings['index'];
	readonly signal?: AbortSignal;
	/** Relative path of the one folder to walk; the whole workspace when absent. Nothing is found when that folder is left out. */
	readonly below?: string;
}

/** Folders deeper than this are counted as `too-deep`. */
export const MAX_DEPTH = 4000;
const MAX_EXAMPLES = 50;
const CONCURRENCY = 16;

interface Folder {
	readonly path: string;
	readonly depth: number;
	readonly rules: IgnoreRules;
}

/**
 * Walks a folder breadth first and tells which files are worth reading. Links, to files as to folders, are counted and not followed: what they
 * show lies in the workspace under its own path, or outside, where the user did not ask to look; and loops cannot occur.
 * Throws `workspace-refused` for the home folder, a file system root or a folder around either; `cancelled`.
 */
export async function scanWorkspace(root: string, files: FilePort, options: ScanOptions): Promise<ScanResult> {
	const guarded = guardedWithin(await files.realPath(root), files.guardedFolders);
	if (guarded !== null) {
		throw new CoordinatorError('workspace-refused', `The folder ${root} is, or contains, a home folder or file system root.`, { details: { folder: root, guarded } });
	}
	const found: ScannedFile[] = [];
	const skipped: Partial<Record<SkipReason, number>> = {};
	const examples: Partial<Record<SkipReason, string[]>> = {};
	const unreadableFolders: string[] = [];
	const skip = (path: string, reason: SkipReason) => {
		skipped[reason] = (skipped[reason] ?? 0) + 1;
		examples[reason] ??= [];
		if (examples[reason].length < MAX_EXAMPLES) examples[reason].push(path);
	};
	const absolute = (path: string) => (path === '' ? root : files.join(root, ...path.split('/')));

	const visit = async (folder: Folder): Promise<Folder[]> => {
		throwIfAborted(options.signal);
		let entries: DirectoryEntry[];
		try {
			entries = await files.readDirectory(absolute(folder.path));
		} catch (error) {
			if (folder.path === '') throw error;
			unreadableFolders.push(folder.path);
			skip(`${folder.path}/`, 'unreadable');
			return [];
		}
		const names = new Set(entries.filter(({ kind }) => kind === 'file').map(({ name }) => name));
		const rules = await withFolderRules(folder.rules, { folder: absolute(folder.path), base: folder.path, names }, files);
		const folders: Folder[] = [];
		for (const entry of entries) {
			const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
			if (entry.kind === 'directory') {
				const verdict = entry.name === '.git' ? 'ignored' : rules.directory(path);
				if (verdict === 'ignored') skip(`${path}/`, 'ignored');
				else if (folder.depth >= MAX_DEPTH) skip(`${path}/`, 'too-deep');
				else folders.push({ path, depth: folder.depth + 1, rules: rules.inside(path, verdict) });
				continue;
			}
			// In a linked worktree or a submodule `.git` is a file.
			if (entry.name === '.git') continue;
			if (isSecretPath(path)) skip(path, 'secret-file');
			else if (rules.ignoresFile(path)) skip(path, 'ignored');
			else if (entry.kind === 'link') skip(path, 'symlink');
			else if (entry.kind === 'other') skip(path, 'excluded-type');
			else {
				const reason = reasonByName(entry.name);
				if (reason) skip(path, reason);
				else await look(path);
			}
		}
		return folders;
	};
	const look = async (path: string) => {
		try {
			const { sizeBytes, mtimeMs } = await files.stat(absolute(path));
			if (sizeBytes === 0) skip(path, 'empty');
			else if (sizeBytes > options.index.maxFileBytes) skip(path, 'too-large');
			else found.push({ path, sizeBytes, mtimeMs });
		} catch (error) {
			if (!CoordinatorError.is(error, 'not-found')) skip(path, 'unreadable');
		}
	};

	const below = options.below ?? '';
	const rules = below === '' ? await workspaceRules(root, files, options.index) : await rulesInside(root, below, files, options.index);
	let level: Folder[] = rules ? [{ path: below, depth: below === '' ? 0 : below.split('/').length, rules }] : [];
	while (level.length > 0) {
		const next: Folder[] = [];
		let position = 0;
		const work = async () => {
			for (let folder = level[position++]; folder; folder = level[position++]) next.push(...(await visit(folder)));
		};
		await Promise.all(Array.from({ length: Math.min(CONCURRENCY, level.length) }, work));
		level = next;
	}
	return { files: found, skipped, examples, unreadableFolders };
}
