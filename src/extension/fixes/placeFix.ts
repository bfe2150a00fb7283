import type { FixEdit } from '#protocol/messages';
import type { LineEdit } from '../edits/codeLines.ts';
import type { Placement } from '../edits/placeBlock.ts';

/** Where a fix belongs in a file that may have changed since: each edit's lines must be there exactly once, apart from one another. */
export function placeFix(text: string, edits: readonly FixEdit[]): Placement {
	const lines = text.split(/\r\n|\r|\n/);
	const placed: LineEdit[] = [];
	for (const { search, replace } of edits) {
		const starts = lines.flatMap((line, start) => (line === search[0] && search.every((wanted, index) => lines[start + index] === wanted) ? [start] : []));
		const [start, ...others] = starts;
		if (start === undefined) return { kind: 'refused', reason: 'no-place' };
		if (others.length > 0) return { kind: 'refused', reason: 'ambiguous' };
		placed.push({ startLine: start, endLine: start + search.length, lines: replace });
	}
	placed.sort((a, b) => a.startLine - b.startLine);
	const overlaps = placed.some(({ startLine }, index) => index > 0 && startLine < (placed[index - 1]?.endLine ?? 0));
	return overlaps ? { kind: 'refused', reason: 'ambiguous' } : { kind: 'placed', edits: placed };
}
