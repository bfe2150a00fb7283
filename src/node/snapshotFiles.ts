import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SnapshotFilePort } from '#core/ports';
import { makeFolders } from './makeFolders.ts';

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
			// One name: what a killed process left is overwritten. Two that write at once leave a file that its checksum tells.
			const temporary = `${path}.tmp`;
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
