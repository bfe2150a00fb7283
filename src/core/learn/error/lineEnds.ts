import type { TextEdit } from './textHunks.ts';

/** A text with `\n` between its lines, and the way between its places and those of the text it was made of. */
export interface PlainText {
	readonly text: string;
	readonly toPlain: (offset: number) => number;
	/** An edit of the plain text as one of the original, with its line ends. */
	readonly toOriginal: (edit: TextEdit) => TextEdit;
}

/** What is learned in a file of one kind of line ends holds in those of another. Line ends that are mixed stay so where nothing is edited. */
export function plainText(original: string): PlainText {
	const removed = [...original.matchAll(/\r(?=\n)/g)].map(({ index }) => index);
	if (removed.length === 0) return { text: original, toPlain: (offset) => offset, toOriginal: (edit) => edit };
	const before = (offset: number) => countWhile(removed, (at) => at < offset);
	const back = (offset: number) => offset + countWhile(removed, (at, index) => at - index < offset);
	return {
		text: original.replaceAll('\r\n', '\n'),
		toPlain: (offset) => offset - before(offset),
		toOriginal: ({ start, end, text }) => ({ start: back(start), end: back(end), text: text.replaceAll('\n', '\r\n') }),
	};
}

/** How many of the first fulfil the condition, which the others do not. */
function countWhile(sorted: readonly number[], holds: (at: number, index: number) => boolean): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (holds(sorted[middle] ?? 0, middle)) low = middle + 1;
		else high = middle;
	}
	return low;
}
