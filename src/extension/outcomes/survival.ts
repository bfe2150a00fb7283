import { isTelling, type LineEdit } from '../edits/codeLines.ts';

/** Lines of one edit that are remembered, as numbers: no text of the user is kept. */
const MAX_LINES = 300;
/** Characters of a file that are looked at. */
const MAX_CHARACTERS = 1_000_000;

/** A line as a number (FNV-1a, 32 bits), white space left out. */
export function lineNumberOf(line: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < line.length; index++) hash = step(hash, line.charCodeAt(index));
	return hash >>> 0;
}

function step(hash: number, character: number): number {
	return character <= 32 || character === 0xa0 ? hash : Math.imul(hash ^ character, 0x01000193);
}

/** The telling lines that an edit brings and that were not in what it replaces. */
export function insertedLines(before: string, edits: readonly LineEdit[]): number[] {
	const lines = before.split(/\r\n|\r|\n/);
	const replaced = countLines(edits.flatMap(({ startLine, endLine }) => lines.slice(startLine, endLine)).join('\n'));
	const inserted: number[] = [];
	for (const line of edits.flatMap((edit) => edit.lines)) {
		if (!isTelling(line)) continue;
		const number = lineNumberOf(line);
		const known = replaced.get(number) ?? 0;
		if (known > 0) replaced.set(number, known - 1);
		else inserted.push(number);
	}
	return inserted.slice(0, MAX_LINES);
}

/** Share of the lines that a text still has, wherever they are in it; null where there is nothing to look for or the text is too long. */
export function survivalShare(inserted: readonly number[], text: string): number | null {
	if (inserted.length === 0 || text.length > MAX_CHARACTERS) return null;
	const there = countLines(text);
	let found = 0;
	for (const number of inserted) {
		const left = there.get(number) ?? 0;
		if (left === 0) continue;
		there.set(number, left - 1);
		found++;
	}
	return found / inserted.length;
}

/** How often a text has each line. One pass over its characters, since saving must not wait. */
function countLines(text: string): Map<number, number> {
	const counts = new Map<number, number>();
	let hash = 0x811c9dc5;
	for (let index = 0; index <= text.length; index++) {
		const character = index < text.length ? text.charCodeAt(index) : 10;
		if (character !== 10 && character !== 13) hash = step(hash, character);
		else {
			counts.set(hash >>> 0, (counts.get(hash >>> 0) ?? 0) + 1);
			hash = 0x811c9dc5;
		}
	}
	return counts;
}
