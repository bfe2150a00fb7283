import { CoordinatorError } from '#core/base/errors';
import type { ScannedFile } from '#core/domain/file';
import { isSecretPath } from '#core/domain/secretFiles';
import type { FilePort } from '#core/ports';
import type { Settings } from '#core/settings';
import { reasonByName } from './defaultExcludes.ts';
import type { IgnoreRules } from './ignoreRules.ts';
import { scanWorkspace } from './scanWorkspace.ts';
import { rulesInside } from './workspaceRules.ts';

export interface ClassifiedChanges {
	readonly files: readonly ScannedFile[];
	readonly gone: readonly string[];
}

/**
 * What became of changed paths. A known file is judged by itself; a new one by the ignore rules of its folder; a new folder is walked;
 * a deleted folder takes every known file below it along. `knownPaths` are those of the changed paths, and what lies below them.
 */
export async function classifyChanges(
	root: string,
	paths: readonly string[],
	knownPaths: ReadonlySet<string>,
	files: FilePort,
	options: { readonly index: Settings['index']; readonly signal?: AbortSignal },
): Promise<ClassifiedChanges> {
	const found = new Map<string, ScannedFile>();
	const gone = new Set<string>();
	const rules = new Map<string, Promise<IgnoreRules | null>>();
	const isIgnored = async (path: string) => {
		const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
		const known = rules.get(folder) ?? rulesInside(root, folder, files, options.index);
		rules.set(folder, known);
		return (await known)?.ignoresFile(path) ?? true;
	};
	const forget = (path: string) => {
		for (const candidate of knownPaths) if (candidate === path || candidate.startsWith(`${path}/`)) gone.add(candidate);
	};
	for (const path of paths) {
		const absolute = files.join(root, ...path.split('/'));
		try {
			const { kind, sizeBytes, mtimeMs } = await files.stat(absolute);
			if (kind === 'directory') {
				const isLink = (await files.realPath(absolute)) !== absolute;
				const below = isLink ? { files: [], unreadableFolders: [] } : await scanWorkspace(root, files, { ...options, below: path });
				const present = new Set(below.files.map((file) => file.path));
				for (const candidate of below.unreadableFolders.length > 0 ? [] : knownPaths)
					if (candidate.startsWith(`${path}/`) && !present.has(candidate)) gone.add(candidate);
				for (const file of below.files) found.set(file.path, file);
				continue;
			}
			const isKnown = knownPaths.has(path);
			const isWanted = isKnown || !(isSecretPath(path) || reasonByName(path.slice(path.lastIndexOf('/') + 1)) !== null || (await isIgnored(path)));
			if (!isWanted || (!isKnown && (await files.realPath(absolute)) !== absolute)) continue;
			if (sizeBytes === 0 || sizeBytes > options.index.maxFileBytes) forget(path);
			else found.set(path, { path, sizeBytes, mtimeMs });
		} catch (error) {
			if (!CoordinatorError.is(error, 'not-found')) continue;
			forget(path);
		}
	}
	return { files: [...found.values()], gone: [...gone] };
}
