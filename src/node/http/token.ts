import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { CoordinatorError } from '#core/base/errors';

const SHORTEST = 16;

/** The token of HTTP: that of the file, or a new one, which is written into the file where one is named. Throws `invalid-argument` for a file of no use. */
export function readToken(file: string | null): { readonly token: string; readonly isNew: boolean } {
	if (file === null) return { token: randomBytes(32).toString('base64url'), isNew: true };
	let text: string;
	try {
		text = readFileSync(file, 'utf8').trim();
	} catch (cause) {
		if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'))
			throw new CoordinatorError('invalid-argument', `The token file ${file} cannot be read.`, { cause });
		const token = randomBytes(32).toString('base64url');
		writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
		return { token, isNew: true };
	}
	if (text.length < SHORTEST || !/^[\x21-\x7e]+$/.test(text)) {
		throw new CoordinatorError('invalid-argument', `The token in ${file} must be one word of at least ${SHORTEST} characters.`);
	}
	return { token: text, isNew: false };
}

/** Whether an `Authorization` header bears the token; takes the same time for every wrong one. */
export function bearsToken(header: string | undefined, token: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
