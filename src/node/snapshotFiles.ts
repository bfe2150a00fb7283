import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SnapshotFilePort } from '#core/ports';
import { makeFolders } from './makeFolders.ts';

/** No write takes so long: what is older was left by a process that was killed. */
const LEFT_MS = 60 * 60_000;

/** Snapshots as files. Reading is synchronous: the search that needs them waits for them anyway, and memory is filled in place. */
export function createSnapshotFiles(): SnapshotFilePort {
	return {
		open(path) {
			let file: number;
			try {
				file = openSync(path, 'r');
			} catch {
				return null;
			}
			return {
				sizeBytes: fstatSync(file).size,
				read(into) {
					for (let offset = 0; offset < into.length; ) {
						const bytesRead = readSync(file, into, offset, into.length - offset, null);
						if (bytesRead === 0) throw new Error(`${path} ends too early`);
						offset += bytesRead;
					}
				},
				close: () => closeSync(file),
			};
		},
		async write(path, parts) {
			makeFolders(dirname(path));
			// A name of its own: of two that write at once, here or in another process, each puts a whole file in place, and the later one stays.
			const temporary = `${path}.${randomUUID()}.tmp`;
			await removeLeft(path);
			try {
				const file = await open(temporary, 'w', 0o600);
				try {
					for (const part of parts) await file.writeFile(part);
				} finally {
					await file.close();
				}
				await rename(temporary, path);
			} catch (error) {
				await rm(temporary, { force: true });
				throw error;
			}
		},
		remove: (path) => rm(path, { force: true }),
	};
}

/** Removes what writers of this file left that were killed. Another process may be at the same. */
async function removeLeft(path: string): Promise<void> {
	const names = (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'));
	for (const name of names) {
		const left = join(dirname(path), name);
		const stats = await stat(left).catch(() => null);
		if (stats && Date.now() - stats.mtimeMs > LEFT_MS) await rm(left, { force: true });
	}
}
