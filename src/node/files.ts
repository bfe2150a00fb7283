import { open, readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, parse } from 'node:path';
import { CoordinatorError } from '#core/base/errors';
import type { DirectoryEntry, FilePort } from '#core/ports';

type Kinds = { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean };

/** The machine's file system. */
export function createFiles(): FilePort {
	return {
		readDirectory: (path) => translate(path, async () => (await readdir(path, { withFileTypes: true })).map((entry) => ({ name: entry.name, kind: kindOf(entry) }))),
		stat: (path) =>
			translate(path, async () => {
				const stats = await stat(path);
				return { kind: kindOf(stats), sizeBytes: stats.size, mtimeMs: stats.mtimeMs };
			}),
		readFile: (path, options) =>
			translate(path, async () => {
				const file = await open(path);
				try {
					const size = Math.min((await file.stat()).size, options?.maxBytes ?? Number.POSITIVE_INFINITY);
					const bytes = new Uint8Array(size);
					let offset = 0;
					while (offset < size) {
						const { bytesRead } = await file.read(bytes, offset, size - offset, offset);
						if (bytesRead === 0) break;
						offset += bytesRead;
					}
					return bytes.subarray(0, offset);
				} finally {
					await file.close();
				}
			}),
		realPath: (path) => translate(path, () => realpath(path)),
		join,
		guardedFolders: [...new Set([homedir(), parse(homedir()).root])],
	};
}

function kindOf(entry: Kinds): DirectoryEntry['kind'] {
	if (entry.isSymbolicLink()) return 'link';
	if (entry.isDirectory()) return 'directory';
	return entry.isFile() ? 'file' : 'other';
}

async function translate<T>(path: string, action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (cause) {
		const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
		const isGone = code === 'ENOENT' || code === 'ENOTDIR';
		throw new CoordinatorError(isGone ? 'not-found' : 'file-unreadable', isGone ? `Not found: ${path}` : `Cannot read ${path} (${code})`, { cause, details: { path } });
	}
}
