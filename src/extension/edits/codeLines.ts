/** Lines of a file that are replaced. Lines count from 0, the end is exclusive; start and end alike: an insertion. */
export interface LineEdit {
	readonly startLine: number;
	readonly endLine: number;
	readonly lines: readonly string[];
}

/** A line as it is compared: white space does not count. */
export function normalise(line: string): string {
	return line.trim().replace(/\s+/g, ' ');
}

/** Characters of a line that are looked at. */
const LONGEST_LINE = 500;

/** Whether a line says something: brackets, `end`, `else` alone stand everywhere. */
export function isTelling(whole: string): boolean {
	const line = whole.length > LONGEST_LINE ? whole.slice(0, LONGEST_LINE) : whole;
	return /[\p{L}\p{N}_]{2}.*[^\s{}()[\];,]/u.test(line) && !/^\s*(?:end|else|try|return|break|continue|pass|do|begin)\b[\s;:{]*$/.test(line);
}

export function indentOf(line: string): string {
	return /^[\t ]*/.exec(line)?.[0] ?? '';
}

/** The text with all edits, which must not overlap. */
export function applyLineEdits(lines: readonly string[], edits: readonly LineEdit[]): string[] {
	const result = [...lines];
	for (const edit of [...edits].sort((a, b) => b.startLine - a.startLine)) result.splice(edit.startLine, edit.endLine - edit.startLine, ...edit.lines);
	return result;
}

/** One step of indentation as the lines have it: a tab, or so many spaces; null where nothing is indented. */
export function indentUnit(lines: readonly string[]): string | null {
	const counts = new Map<string, number>();
	let last = 0;
	for (const line of lines) {
		if (line.trim() === '') continue;
		const indent = indentOf(line);
		if (indent.startsWith('\t')) counts.set('\t', (counts.get('\t') ?? 0) + 1);
		const step = indent.length - last;
		if (!indent.includes('\t') && step > 1 && step <= 8) counts.set(' '.repeat(step), (counts.get(' '.repeat(step)) ?? 0) + 1);
		last = indent.includes('\t') ? 0 : indent.length;
	}
	return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** The lines moved from the indentation `from` to `to`, and written with the file's unit. */
export function reindent(lines: readonly string[], options: { readonly from: string; readonly to: string; readonly fileUnit: string | null }): string[] {
	const unit = indentUnit(lines);
	const { from, to, fileUnit } = options;
	return lines.map((line) => {
		if (line.trim() === '') return '';
		const indent = indentOf(line);
		const rest = indent.startsWith(from) ? indent.slice(from.length) : '';
		const written = unit !== null && fileUnit !== null && unit !== fileUnit ? fileUnit.repeat(Math.round(rest.length / unit.length)) : rest;
		return to + written + line.trimStart();
	});
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** How many brackets have no partner, outside of strings and comments as far as signs tell. Only comparable between two versions of one file. */
export function unmatchedBrackets(text: string): number {
	const bare = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '');
	const open: string[] = [];
	let unmatched = 0;
	for (const sign of bare.match(/[()[\]{}]/g) ?? []) {
		const partner = PAIRS[sign];
		if (partner === undefined) open.push(sign);
		else if (open.at(-1) === partner) open.pop();
		else unmatched++;
	}
	return unmatched + open.length;
}
