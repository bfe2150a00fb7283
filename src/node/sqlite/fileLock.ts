import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CoordinatorError } from '#core/base/errors';
import { toSqliteError } from './sqliteErrors.ts';

/** A lock without a process id, or a takeover, is somebody's work under way for this long, and left over after it. */
const UNFINISHED_MS = 10_000;
const ATTEMPTS = 3;

/** Keeps other processes from a file, by a file beside it that holds the process id and a token. */
export interface FileLock {
	/** Throws `database-locked` when the lock is not ours any more. Call before every write. */
	assertHeld(): void;
	/** Removes the lock where it is ours. */
	release(): void;
}

/**
 * Takes the lock of `path`. One whose process is gone is taken over; only who made the folder `.takeover` may remove it, and looks again
 * before, so that of two that found it one cannot remove the other's new lock. Throws `database-locked`, retryable.
 */
export function lockFile(path: string): FileLock {
	const lockPath = `${path}.lock`;
	const content = `${process.pid} ${randomUUID()}`;
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		try {
			writeFileSync(lockPath, content, { flag: 'wx', mode: 0o600 });
			return heldLock(path, lockPath, content);
		} catch (error) {
			if (!hasCode(error, 'EEXIST')) throw toSqliteError(error, path);
		}
		const state = look(lockPath);
		if (state === 'held') {
			throw locked(path, `The database ${path} is open in another process, and this runtime can share it with none.`);
		}
		if (state === 'stale') takeOver(lockPath);
	}
	throw locked(path, `The database ${path} is being opened by another process.`);
}

function heldLock(path: string, lockPath: string, content: string): FileLock {
	const isOurs = () => readIfThere(lockPath) === content;
	return {
		assertHeld() {
			if (!isOurs()) throw locked(path, `The database ${path} was taken by another process.`);
		},
		release() {
			if (isOurs()) rmSync(lockPath, { force: true });
		},
	};
}

function look(lockPath: string): 'gone' | 'held' | 'stale' {
	const text = readIfThere(lockPath);
	if (text === null) return 'gone';
	const owner = Number.parseInt(text, 10);
	// Between its making and its writing a lock is empty.
	if (Number.isNaN(owner)) return isLeftOver(lockPath) ? 'stale' : 'held';
	return isRunning(owner) ? 'held' : 'stale';
}

function takeOver(lockPath: string): void {
	const guard = `${lockPath}.takeover`;
	try {
		mkdirSync(guard);
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) throw toSqliteError(error, lockPath);
		if (isLeftOver(guard)) rmdirSync(guard);
		return;
	}
	try {
		if (look(lockPath) === 'stale') rmSync(lockPath, { force: true });
	} finally {
		rmdirSync(guard);
	}
}

function isLeftOver(path: string): boolean {
	const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
	return made !== undefined && Date.now() - made > UNFINISHED_MS;
}

function readIfThere(path: string): string | null {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return null;
		throw toSqliteError(error, path);
	}
}

function isRunning(processId: number): boolean {
	if (!(processId > 0)) return false;
	try {
		process.kill(processId, 0);
		return true;
	} catch (error) {
		return hasCode(error, 'EPERM');
	}
}

function locked(path: string, message: string): CoordinatorError {
	return new CoordinatorError('database-locked', message, { isRetryable: true, details: { path } });
}

function hasCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}
