import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder on disk that goes away with the test. */
export interface TemporaryFolder extends Disposable {
	readonly path: string;
	/** Writes files by relative path, making their folders. */
	write(files: Readonly<Record<string, string | Uint8Array>>): void;
	join(...parts: readonly string[]): string;
}

/** Makes an empty folder under the system's temporary folder. Use with `using`. */
export function temporaryFolder(prefix = 'hybrid-test-'): TemporaryFolder {
	const path = mkdtempSync(join(tmpdir(), prefix));
	return {
		path,
		join: (...parts) => join(path, ...parts),
		write(files) {
			for (const [name, content] of Object.entries(files)) {
				mkdirSync(dirname(join(path, name)), { recursive: true });
				writeFileSync(join(path, name), content);
			}
		},
		[Symbol.dispose]() {
			rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		},
	};
}
