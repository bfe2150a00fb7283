import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoordinatorError } from '#core/base/errors';
import type { SqliteEngine } from '#core/store/sqlite';
import { makeFolders } from './makeFolders.ts';

/** The databases of a data directory that nothing can make anew: what was learned, what was spent, and what a team is yet to be told. Indexes are built again. */
const KEPT = ['knowledge.db', 'metrics.db', 'outbox.db'];
const MANIFEST = 'backup.json';

interface Manifest {
	readonly format: 1;
	readonly timeMs: number;
	/** SHA-256 of each file in hex. */
	readonly files: Readonly<Record<string, string>>;
}

/**
 * Copies what cannot be made anew into an empty folder, while others may write: each database as it is at one moment. Returns the names.
 * Throws `invalid-argument` for a folder that holds something, `not-found` where there is nothing to keep, and what SQLite rejects with.
 */
export async function backUp(sqlite: SqliteEngine, dataDirectory: string, target: string): Promise<readonly string[]> {
	if (existsSync(target) && readdirSync(target).length > 0) throw new CoordinatorError('invalid-argument', `${target} is not empty.`);
	const names = KEPT.filter((name) => existsSync(join(dataDirectory, name)));
	if (names.length === 0) throw new CoordinatorError('not-found', `There is nothing to keep in ${dataDirectory}.`);
	makeFolders(target);
	for (const name of names) {
		const database = await sqlite.open(join(dataDirectory, name));
		try {
			database.copyTo(join(target, name));
		} finally {
			database.close();
		}
	}
	const manifest: Manifest = { format: 1, timeMs: Date.now(), files: Object.fromEntries(names.map((name) => [name, digestOf(join(target, name))])) };
	writeFileSync(join(target, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
	return names;
}

/**
 * Puts a back-up in place; what is there is kept beside it, under the name `….before-restore-TIME`. No coordinator may have the data directory
 * open. Throws `invalid-argument`, having changed nothing, for what is no back-up or is not as it was made.
 */
export async function restore(sqlite: SqliteEngine, source: string, dataDirectory: string): Promise<readonly string[]> {
	const { files } = readManifest(source);
	const names = Object.keys(files);
	for (const name of names) {
		const path = join(source, name);
		if (!KEPT.includes(name) || !existsSync(path) || digestOf(path) !== files[name])
			throw new CoordinatorError('invalid-argument', `${name} of the back-up in ${source} is not as it was made; nothing was changed.`);
	}
	makeFolders(dataDirectory);
	const suffix = `before-restore-${Date.now()}`;
	// What the back-up has not was not there then.
	for (const name of KEPT) await sqlite.setAside(join(dataDirectory, name), suffix);
	for (const name of names) copyFileSync(join(source, name), join(dataDirectory, name));
	return names;
}

function readManifest(source: string): Manifest {
	try {
		const manifest = JSON.parse(readFileSync(join(source, MANIFEST), 'utf8')) as Partial<Manifest>;
		if (manifest.format === 1 && typeof manifest.files === 'object' && manifest.files !== null) return manifest as Manifest;
	} catch {
		// Told below.
	}
	throw new CoordinatorError('invalid-argument', `There is no back-up of this version in ${source}.`);
}

function digestOf(path: string): string {
	return createHash('sha256').update(readFileSync(path)).digest('hex');
}
