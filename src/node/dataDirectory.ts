import { isAbsolute } from 'node:path';
import envPaths from 'env-paths';
import { CoordinatorError } from '#core/base/errors';
import { makeFolders } from './makeFolders.ts';

/**
 * Where every head keeps indexes and knowledge: the setting, else HYBRID_DATA_DIRECTORY, else the platform's data folder.
 * Makes the folder with mode 0700. Throws `invalid-argument` for a relative path and `database-readonly` when it cannot be made.
 */
export function resolveDataDirectory(setting: string | null, environment: NodeJS.ProcessEnv = process.env): string {
	const path = setting || environment.HYBRID_DATA_DIRECTORY || envPaths('hybrid-coordinator', { suffix: '' }).data;
	if (!isAbsolute(path)) {
		throw new CoordinatorError('invalid-argument', `The data directory must be an absolute path: ${path}`, { details: { path } });
	}
	try {
		makeFolders(path);
	} catch (cause) {
		throw new CoordinatorError('database-readonly', `The data directory cannot be made: ${path}`, { cause, details: { path } });
	}
	return path;
}
