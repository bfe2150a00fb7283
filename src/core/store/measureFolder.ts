import type { FilePort } from '#core/ports';

/** Bytes of the files of a folder, and when the last of them changed; a file that vanishes meanwhile counts for nothing. */
export async function measureFolder(files: FilePort, path: string): Promise<{ readonly sizeBytes: number; readonly changedMs: number }> {
	let sizeBytes = 0;
	let changedMs = 0;
	for (const { name, kind } of await files.readDirectory(path).catch(() => [])) {
		if (kind !== 'file') continue;
		const stats = await files.stat(files.join(path, name)).catch(() => null);
		if (!stats) continue;
		sizeBytes += stats.sizeBytes;
		changedMs = Math.max(changedMs, stats.mtimeMs);
	}
	return { sizeBytes, changedMs };
}
