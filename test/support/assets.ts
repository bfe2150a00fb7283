import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's root folder. */
export const repositoryRoot: string = join(import.meta.dirname, '../..');

/** Where the build put bundles and assets; tests that start workers need it. Throws when there was no build. */
export function assetsPath(): string {
	const path = join(repositoryRoot, 'dist');
	if (!existsSync(join(path, 'fileWorker.mjs'))) throw new Error('There is no build: run `npm run build` first.');
	return path;
}
