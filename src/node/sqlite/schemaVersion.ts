import { closeSync, openSync, readSync, statSync } from 'node:fs';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
/** Where `PRAGMA user_version` lies in the header, big-endian: https://www.sqlite.org/fileformat2.html#user_version_number */
const VERSION_OFFSET = 60;

/** The schema version in the header of a database file; null where there is no such file or it has no header. Nothing is opened for writing. */
export function headerVersion(path: string): number | null {
	const header = Buffer.alloc(HEADER_BYTES);
	let file: number;
	try {
		file = openSync(path, 'r');
	} catch {
		return null;
	}
	try {
		if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return null;
	} finally {
		closeSync(file);
	}
	return header.toString('latin1', 0, MAGIC.length) === MAGIC ? header.readUInt32BE(VERSION_OFFSET) : null;
}

/** Whether commits may lie in a log beside the database, so that its header alone does not tell. */
export function hasLog(path: string): boolean {
	return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
