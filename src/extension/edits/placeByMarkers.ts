import { isTelling, type LineEdit, normalise, unmatchedBrackets } from './codeLines.ts';
import { placeByDefinitions } from './placeByDefinitions.ts';
import { placeByLines } from './placeByLines.ts';

/** A comment that stands for code that stays: `// ... existing code ...`, `# …`. */
const MARKER =
	/^\s*(?:\/\/|#|--|;|\/\*|<!--|\{\/\*)?\s*(?:\.{3,}|…)\s*(?:\(?\s*(?:(?:the\s+)?(?:existing|rest|remaining|other|previous|unchanged|same|omitted|more)\b[^\n]*?)?\)?)?\s*(?:\.{3,}|…)?\s*(?:\*\/\}?|-->)?\s*$|^\s*(?:\/\/|#|--|\/\*)\s*(?:existing code|rest of (?:the )?\w+|unchanged)\b[^\n]*$/i;

export function hasMarkers(block: readonly string[]): boolean {
	return block.some(isMarker);
}

function isMarker(line: string): boolean {
	return MARKER.test(line) && (/^\s*(?:\/\/|#|--|;|\/\*|<!--|\{\/\*)/.test(line) || /^\s*(?:\.{3}|…)\s*$/.test(line));
}

/** Places each piece between the markers by itself, in order; what a marker stands for stays as it is. Null where a piece has no place. */
export function placeByMarkers(file: readonly string[], block: readonly string[]): LineEdit[] | 'ambiguous' | null {
	const edits: LineEdit[] = [];
	let from = 0;
	for (const piece of pieces(block)) {
		const next = placePiece(file, piece, from);
		if (next === null || next === 'ambiguous') return next;
		edits.push(...next);
		from = Math.max(from, ...next.map(({ endLine }) => endLine));
	}
	return edits.length > 0 ? edits : null;
}

function placePiece(file: readonly string[], whole: readonly string[], from: number): LineEdit[] | 'ambiguous' | null {
	const piece = withoutOuterEnds(whole);
	// The closing brackets after the last marker.
	if (!piece.some(isTelling)) return [];
	// The head of something whose inside a marker stands for is no definition of it.
	const isWhole = unmatchedBrackets(piece.join('\n')) === 0;
	return (isWhole ? placeByDefinitions(file, piece) : null) ?? placeByLines(file, piece, from) ?? placeAtEdge(file, piece, from);
}

/** A piece without the brackets at its end that close what was opened before a marker. */
function withoutOuterEnds(piece: readonly string[]): readonly string[] {
	let end = piece.length;
	while (
		end > 0 &&
		/^\s*[)\]}]*[;,]?\s*$/.test(piece[end - 1] ?? '') &&
		unmatchedBrackets(piece.slice(0, end - 1).join('\n')) < unmatchedBrackets(piece.slice(0, end).join('\n'))
	)
		end--;
	return piece.slice(0, end);
}

/** A piece of which the file has only its first or its last line: what is new goes behind the one, or before the other. */
function placeAtEdge(file: readonly string[], piece: readonly string[], from: number): LineEdit[] | null {
	const whereIs = (line: string) => file.flatMap((other, index) => (index >= from && normalise(other) === normalise(line) ? [index] : []));
	const [first, ...moreFirst] = whereIs(piece[0] ?? '');
	if (first !== undefined && moreFirst.length === 0 && isTelling(piece[0] ?? '')) return [{ startLine: first, endLine: first + 1, lines: piece }];
	const [last, ...moreLast] = whereIs(piece.at(-1) ?? '');
	if (last !== undefined && moreLast.length === 0 && isTelling(piece.at(-1) ?? '')) return [{ startLine: last, endLine: last + 1, lines: piece }];
	return null;
}

function pieces(block: readonly string[]): string[][] {
	const found: string[][] = [[]];
	for (const line of block) {
		if (isMarker(line)) found.push([]);
		else found.at(-1)?.push(line);
	}
	return found.filter((piece) => piece.some((line) => line.trim() !== '')).map(trimBlank);
}

function trimBlank(lines: readonly string[]): string[] {
	return lines.slice(
		lines.findIndex((line) => line.trim() !== ''),
		lines.findLastIndex((line) => line.trim() !== '') + 1,
	);
}
