import { CoordinatorError, type ErrorCode } from '#core/base/errors';

/** SQLite's primary result codes that have a meaning for us; extended codes keep the primary one in their low byte. */
const CODES: Readonly<
	Record<
		number,
		{
			readonly code: ErrorCode;
			readonly words: string;
			readonly isRetryable: boolean;
		}
	>
> = {
	5: {
		code: 'database-locked',
		words: 'is locked by another program',
		isRetryable: true,
	},
	6: {
		code: 'database-locked',
		words: 'is locked by another program',
		isRetryable: true,
	},
	8: {
		code: 'database-readonly',
		words: 'cannot be written',
		isRetryable: false,
	},
	11: { code: 'database-corrupt', words: 'is damaged', isRetryable: false },
	13: {
		code: 'disk-full',
		words: 'cannot grow: the disk is full',
		isRetryable: true,
	},
	14: {
		code: 'database-readonly',
		words: 'cannot be opened',
		isRetryable: false,
	},
	26: { code: 'database-corrupt', words: 'is no database', isRetryable: false },
};

/** Codes of the file system with which a file cannot be made or opened where it should be. */
const UNWRITABLE: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENAMETOOLONG']);

/** Phrases of SQLite's own messages, for engines that give no code. */
const PHRASES: readonly (readonly [RegExp, number])[] = [
	[/malformed/i, 11],
	[/not a database/i, 26],
	[/locked/i, 5],
	[/readonly|read-only/i, 8],
	[/disk is full|ENOSPC/i, 13],
	[/unable to open/i, 14],
];

/** Our error for what an SQLite engine or the file system threw on the database at `path`. */
export function toSqliteError(error: unknown, path: string): CoordinatorError {
	if (CoordinatorError.is(error)) return error;
	const details = { path };
	const failure = error instanceof Error ? error : new Error(String(error));
	const systemCode = 'code' in failure ? String(failure.code) : '';
	if (systemCode === 'ENOSPC')
		return new CoordinatorError('disk-full', `The database ${path} cannot grow: the disk is full.`, {
			cause: error,
			isRetryable: true,
			details,
		});
	if (UNWRITABLE.has(systemCode)) {
		return new CoordinatorError('database-readonly', `The database ${path} cannot be written.`, { cause: error, details });
	}
	const number = 'errcode' in failure && typeof failure.errcode === 'number' ? failure.errcode & 0xff : PHRASES.find(([phrase]) => phrase.test(failure.message))?.[1];
	const known = number === undefined ? undefined : CODES[number];
	if (!known) return new CoordinatorError('internal', `The database ${path} failed: ${failure.message}`, { cause: error, details });
	return new CoordinatorError(known.code, `The database ${path} ${known.words}.`, {
		cause: error,
		isRetryable: known.isRetryable,
		details,
	});
}
