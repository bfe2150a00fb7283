import type { FixEdit, FixRefusal } from '#core/domain/fix';
import type { SyntaxCheck } from './keepsSyntax.ts';

export type CheckedFix = { readonly edits: readonly FixEdit[]; readonly text: string } | { readonly refused: FixRefusal };

/**
 * Whether every edit's lines are in the text exactly once, apart from one another, and what comes of it changes something and parses no worse. White
 * space at the end of lines does not count, nor does an indentation that is off by the same amount in all lines; the
 * edits that come back have the file's own lines.
 */
export async function checkFix(text: string, edits: readonly FixEdit[], keepsSyntax: SyntaxCheck): Promise<CheckedFix> {
	const lines = text.split(/\r\n|\r|\n/);
	const places: { readonly start: number; readonly edit: FixEdit }[] = [];
	for (const edit of edits) {
		const found = findLines(lines, edit);
		if (found.length === 0) return { refused: 'not-found' };
		if (found.length > 1) return { refused: 'ambiguous' };
		places.push(...found);
	}
	places.sort((a, b) => a.start - b.start);
	const result: string[] = [];
	let next = 0;
	for (const { start, edit } of places) {
		if (start < next) return { refused: 'ambiguous' };
		result.push(...lines.slice(next, start), ...edit.replace);
		next = start + edit.search.length;
	}
	result.push(...lines.slice(next));
	const before = lines.join('\n');
	const after = result.join('\n');
	if (after === before) return { refused: 'no-change' };
	if (!(await keepsSyntax(before, after))) return { refused: 'would-break' };
	return { edits: places.map(({ edit }) => edit), text: after };
}

/** Where an edit's lines are, with the edit in the file's own lines and indentation. */
function findLines(lines: readonly string[], { search, replace }: FixEdit): { readonly start: number; readonly edit: FixEdit }[] {
	const wanted = search.map((line) => line.trimEnd());
	const exact: number[] = [];
	for (let start = 0; start + wanted.length <= lines.length; start++) {
		if (wanted.every((line, index) => lines[start + index]?.trimEnd() === line)) exact.push(start);
	}
	if (exact.length > 0) return exact.map((start) => ({ start, edit: { search: lines.slice(start, start + wanted.length), replace } }));
	const found: { start: number; edit: FixEdit }[] = [];
	const first = wanted.findIndex((line) => line !== '');
	for (let start = 0; start + wanted.length <= lines.length; start++) {
		const shift = shiftOf(lines[start + first] ?? '', wanted[first] ?? '');
		if (shift === null || !wanted.every((line, index) => shifted(line, shift) === lines[start + index]?.trimEnd())) continue;
		found.push({ start, edit: { search: lines.slice(start, start + wanted.length), replace: replace.map((line) => shifted(line, shift)) } });
	}
	return found;
}

/** What has to stand before each line; null where the lines differ in more. */
function shiftOf(line: string, wanted: string): string | null {
	return line.trim() === wanted.trim() && line.trimEnd().endsWith(wanted) ? line.slice(0, line.trimEnd().length - wanted.length) : null;
}

function shifted(line: string, shift: string): string {
	return line.trim() === '' ? line : shift + line;
}
