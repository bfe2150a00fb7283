import { CoordinatorError } from '#core/base/errors';
import type { ScannedFile } from '#core/domain/file';
import type { FilePort } from '#core/ports';
import type { Settings } from '#core/settings';
import { reasonByName } from './defaultExcludes.ts';
import { isSecretPath } from './secretFiles.ts';

export interface ClassifiedChanges {
	readonly files: readonly ScannedFile[];
	readonly gone: readonly string[];
	/** Something appeared that only a scan can judge: a folder, or a file that no scan has seen, so that ignore files decide. */
	readonly needsScan: boolean;
}

/** What became of changed paths. A known file is judged by itself; a deleted folder takes every known file below it along. */
export async function classifyChanges(
	root: string,
	paths: readonly string[],
	knownPaths: readonly string[],
	files: FilePort,
	index: Settings['index'],
): Promise<ClassifiedChanges> {
	const known = new Set(knownPaths);
	const found: ScannedFile[] = [];
	const gone = new Set<string>();
	let needsScan = false;
	for (const path of paths) {
		if (isSecretPath(path)) continue;
		try {
			const { kind, sizeBytes, mtimeMs } = await files.stat(files.join(root, ...path.split('/')));
			if (kind === 'directory' || !known.has(path)) {
				if (kind === 'directory' || reasonByName(path.slice(path.lastIndexOf('/') + 1)) === null) needsScan = true;
			} else if (sizeBytes === 0 || sizeBytes > index.maxFileBytes) gone.add(path);
			else found.push({ path, sizeBytes, mtimeMs });
		} catch (error) {
			if (!CoordinatorError.is(error, 'not-found')) continue;
			for (const candidate of knownPaths) if (candidate === path || candidate.startsWith(`${path}/`)) gone.add(candidate);
		}
	}
	return { files: found, gone: [...gone], needsScan };
}
