import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { CoordinatorError } from '#core/base/errors';
import type { LogPort } from '#core/ports';
import type { Gate } from './admit.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Changes of the file are seen this soon. */
const FRESH_MS = 1_000;

interface User {
	readonly name: string;
	/** The first moment, in Unix milliseconds, at which the token does not count any more. */
	readonly endsMs: number;
}

/**
 * Users by the digests of their tokens: lines of a name, the SHA-256 of a token in hex, and a last day (YYYY-MM-DD, UTC) where it ends.
 * Tokens have 256 random bits, so a plain digest cannot be tried out. Throws `invalid-argument`, naming the line, for a file of no use.
 */
export function parseUsers(text: string): ReadonlyMap<string, User> {
	const users = new Map<string, User>();
	for (const [index, line] of text.split(/\r?\n/).entries()) {
		const [name = '', digest = '', until, surplus] = line.replace(/#.*/, '').trim().split(/\s+/);
		if (name === '') continue;
		const endsMs = until === undefined ? Number.POSITIVE_INFINITY : DAY.test(until) ? Date.parse(`${until}T00:00:00Z`) + 86_400_000 : Number.NaN;
		if (!NAME.test(name) || !/^[0-9a-f]{64}$/.test(digest) || Number.isNaN(endsMs) || surplus !== undefined)
			throw new CoordinatorError('invalid-argument', `Line ${index + 1} of the users is not “NAME DIGEST [LAST-DAY]”.`);
		if (users.has(digest)) throw new CoordinatorError('invalid-argument', `Line ${index + 1} of the users has the token of another line.`);
		users.set(digest, { name, endsMs });
	}
	return users;
}

/** Adds a user to the file, which is made where there is none, and returns the token: it is kept nowhere else. Throws `invalid-argument` for a name or day of no use. */
export function addUser(file: string, name: string, until?: string): string {
	const token = randomBytes(32).toString('base64url');
	const line = [name, digestOf(token), ...(until === undefined ? [] : [until])].join(' ');
	parseUsers(line);
	appendFileSync(file, `${line}\n`, { mode: 0o600 });
	return token;
}

/** A gate by the file, which may change while it is used: a user who was taken out is out within a second. While it cannot be read or used nobody is let in. */
export function gateOf(file: string, options: { readonly log: Pick<LogPort, 'warn'>; readonly now?: () => number }): Gate {
	const { log, now = Date.now } = options;
	let users: ReadonlyMap<string, User> = new Map();
	let readMs = Number.NEGATIVE_INFINITY;
	let version = '';
	function current(): ReadonlyMap<string, User> {
		// A clock that was set back must not make an old file count.
		if (Math.abs(now() - readMs) < FRESH_MS) return users;
		readMs = now();
		try {
			const { mtimeMs, size, ino } = statSync(file);
			const found = `${mtimeMs} ${size} ${ino}`;
			if (found !== version) users = parseUsers(readFileSync(file, 'utf8'));
			version = found;
		} catch (error) {
			users = new Map();
			version = '';
			log.warn(`The users in ${file} cannot be read, so nobody is let in: ${error instanceof Error ? error.message : String(error)}`);
		}
		return users;
	}
	return (authorization) => {
		const [, token] = /^Bearer ([\x21-\x7e]+)$/.exec(authorization ?? '') ?? [];
		if (token === undefined) return null;
		const user = current().get(digestOf(token));
		return user !== undefined && now() < user.endsMs ? user.name : null;
	};
}

function digestOf(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}
