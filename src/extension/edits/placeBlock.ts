import { applyLineEdits, type LineEdit, normalise, unmatchedBrackets } from './codeLines.ts';
import { placeByDefinitions } from './placeByDefinitions.ts';
import { placeByLines } from './placeByLines.ts';
import { hasMarkers, placeByMarkers } from './placeByMarkers.ts';

/** Why a block has no place in a file. */
export type PlaceRefusal = 'already-there' | 'no-place' | 'ambiguous' | 'would-break' | 'too-large';

export type Placement = { readonly kind: 'placed'; readonly edits: readonly LineEdit[] } | { readonly kind: 'refused'; readonly reason: PlaceRefusal };

/** Lines of a file or a block that are looked at, so that no placement takes long. */
const MAX_FILE_LINES = 10_000;
const MAX_BLOCK_LINES = 2_000;

/**
 * Where a block of code belongs in a file: markers of left-out code first, then definitions of the same name, then lines that both have. The
 * edits leave no more brackets without a partner than there were.
 */
export function placeBlock(fileText: string, blockText: string): Placement {
	const file = fileText.split(/\r\n|\r|\n/);
	const block = trimBlank(blockText.split(/\r\n|\r|\n/));
	if (file.length > MAX_FILE_LINES || block.length > MAX_BLOCK_LINES) return refused('too-large');
	if (file.every((line) => line.trim() === '')) return placed([{ startLine: 0, endLine: file.length, lines: [...block, ''] }]);
	if (holds(file, block)) return refused('already-there');
	const edits = hasMarkers(block) ? placeByMarkers(file, block) : (placeByDefinitions(file, block) ?? placeByLines(file, block));
	if (edits === null) return refused('no-place');
	if (edits === 'ambiguous') return refused('ambiguous');
	const after = applyLineEdits(file, edits);
	if (after.join('\n') === file.join('\n')) return refused('already-there');
	if (unmatchedBrackets(after.join('\n')) > unmatchedBrackets(file.join('\n'))) return refused('would-break');
	return placed(edits);
}

const placed = (edits: readonly LineEdit[]): Placement => ({ kind: 'placed', edits });
const refused = (reason: PlaceRefusal): Placement => ({ kind: 'refused', reason });

function holds(file: readonly string[], block: readonly string[]): boolean {
	const text = file.map(normalise).join('\n');
	return `\n${text}\n`.includes(`\n${block.map(normalise).join('\n')}\n`);
}

function trimBlank(lines: readonly string[]): string[] {
	const first = lines.findIndex((line) => line.trim() !== '');
	return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
