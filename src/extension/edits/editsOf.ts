import type { ChangedPiece } from '#protocol/messages';
import type { LineEdit } from './codeLines.ts';

/** Characters of a piece of code that are handed over. */
const LONGEST = 4_000;

/** What an applied edit replaced, piece by piece, without the lines that stayed as they are. */
export function editsOf(applied: { readonly path: string; readonly before: string; readonly edits: readonly LineEdit[] }): ChangedPiece[] {
	const lines = applied.before.split(/\r\n|\r|\n/);
	return applied.edits.flatMap(({ startLine, endLine, lines: after }) => {
		const before = lines.slice(startLine, endLine);
		let start = 0;
		while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
		let end = 0;
		while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end++;
		const text = (all: readonly string[]) =>
			all
				.slice(start, all.length - end)
				.join('\n')
				.slice(0, LONGEST);
		if (before.length === after.length && start === before.length) return [];
		return [{ path: applied.path, before: text(before), after: text(after) }];
	});
}
