import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a folder and those above it, mode 0700. Node's own `recursive` never returns where the system refuses with ENOENT, as below `/proc`. */
export function makeFolders(path: string): void {
	if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
	const parent = dirname(path);
	if (parent !== path) makeFolders(parent);
	try {
		mkdirSync(path, { mode: 0o700 });
	} catch (error) {
		// Another process may have made it meanwhile.
		if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
	}
}
