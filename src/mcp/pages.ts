import { createHash } from 'node:crypto';
import { CoordinatorError } from '#core/base/errors';

/** A place in the results of one request, as text that a client hands back. */
export function cursorAt(offset: number, request: string): string {
	return Buffer.from(`${offset}:${digest(request)}`).toString('base64url');
}

/** The place, from 0. Throws `invalid-argument` for a cursor of another request, or none at all. */
export function offsetOf(cursor: string | undefined, request: string): number {
	if (cursor === undefined) return 0;
	const [offset = '', hash] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
	if (!/^\d{1,6}$/.test(offset) || hash !== digest(request)) {
		throw new CoordinatorError('invalid-argument', 'The cursor does not belong to this request. Leave it out to start from the first result.');
	}
	return Number(offset);
}

function digest(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The first items that fit into `tokens` together. At least one, cut by `cut` to what fits, so that a page never is empty. */
export function fitTokens<T>(items: readonly T[], tokens: number, tokensOf: (item: T) => number, cut: (item: T, tokens: number) => T): readonly T[] {
	const fitting: T[] = [];
	let left = tokens;
	for (const item of items) {
		const size = tokensOf(item);
		if (size > left) {
			if (fitting.length === 0) fitting.push(cut(item, left));
			break;
		}
		fitting.push(item);
		left -= size;
	}
	return fitting;
}

/** The beginning of a text, whole lines where there are several, of at most so many tokens. */
export function cutText(text: string, tokens: number, count: (text: string) => number): string {
	let length = text.length;
	while (length > 0 && count(text.slice(0, length)) > tokens) length = Math.floor(length * 0.8);
	const end = text.lastIndexOf('\n', length);
	return text.slice(0, length < text.length && end > 0 ? end : length);
}
