import type { LineEdit } from './codeLines.ts';

/** The one edit of lines that leads from a text to another: what stands between the lines that both begin and end with. */
export function lineEditBetween(before: string, after: string): LineEdit {
	const old = before.split('\n');
	const lines = after.split('\n');
	const shorter = Math.min(old.length, lines.length);
	let start = 0;
	while (start < shorter && old[start] === lines[start]) start++;
	let end = 0;
	while (end < shorter - start && old[old.length - 1 - end] === lines[lines.length - 1 - end]) end++;
	return { startLine: start, endLine: old.length - end, lines: lines.slice(start, lines.length - end) };
}
