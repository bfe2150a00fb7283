import { indentOf, indentUnit, isTelling, type LineEdit, normalise, reindent } from './codeLines.ts';

/** Share of the block's telling lines that the file must have. */
const SHARED = 0.3;

/**
 * Puts the block in place of the lines that both have, from the first to the last of them, where the file has them once and in the same order.
 * `from`: the first line of the file that counts. Null where too little is shared, or where more would go than comes.
 */
export function placeByLines(file: readonly string[], block: readonly string[], from = 0): LineEdit[] | null {
	const anchors = findAnchors(file, block, from);
	const [first] = anchors;
	const last = anchors.at(-1);
	const telling = block.filter(isTelling).length;
	if (!first || !last || anchors.length < Math.max(Math.min(2, telling), telling * SHARED)) return null;
	let [start, blockStart] = first;
	let [end, blockEnd] = last;
	while (start > from && blockStart > 0 && normalise(file[start - 1] ?? '') === normalise(block[blockStart - 1] ?? '')) {
		start--;
		blockStart--;
	}
	while (end < file.length - 1 && blockEnd < block.length - 1 && normalise(file[end + 1] ?? '') === normalise(block[blockEnd + 1] ?? '')) {
		end++;
		blockEnd++;
	}
	const kept = new Set(block.map(normalise));
	const lost = file.slice(start, end + 1).filter((line) => isTelling(line) && !kept.has(normalise(line))).length;
	if (lost > Math.max(3, block.length)) return null;
	const lines = reindent(block, { from: indentOf(block[first[1]] ?? ''), to: indentOf(file[first[0]] ?? ''), fileUnit: indentUnit(file) });
	return [{ startLine: start, endLine: end + 1, lines: keepOutdented(lines, block, file, first) }];
}

/** Pairs of lines (file, block) that both have once, in increasing order in both: the longest row of them. */
function findAnchors(file: readonly string[], block: readonly string[], from: number): (readonly [number, number])[] {
	const inFile = places(file, from);
	const inBlock = places(block, 0);
	const pairs: (readonly [number, number])[] = [];
	for (const [line, [index = 0, ...more]] of inBlock) {
		const [place, ...others] = inFile.get(line) ?? [];
		if (place !== undefined && more.length === 0 && others.length === 0) pairs.push([place, index]);
	}
	return longestRow(pairs.sort((a, b) => a[1] - b[1]));
}

function places(lines: readonly string[], from: number): Map<string, number[]> {
	const found = new Map<string, number[]>();
	for (let index = from; index < lines.length; index++) {
		const line = lines[index] ?? '';
		if (!isTelling(line)) continue;
		const key = normalise(line);
		const known = found.get(key);
		if (known) known.push(index);
		else found.set(key, [index]);
	}
	return found;
}

/** The longest subsequence whose file lines increase; pairs come in block order. */
function longestRow(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
	const lengths: number[] = [];
	const previous: number[] = [];
	let best = -1;
	for (const [index, [place]] of pairs.entries()) {
		lengths[index] = 1;
		previous[index] = -1;
		for (let other = 0; other < index; other++) {
			if ((pairs[other]?.[0] ?? 0) >= place || (lengths[other] ?? 0) < (lengths[index] ?? 0)) continue;
			lengths[index] = (lengths[other] ?? 0) + 1;
			previous[index] = other;
		}
		if (best < 0 || (lengths[index] ?? 0) > (lengths[best] ?? 0)) best = index;
	}
	const row: (readonly [number, number])[] = [];
	for (let index = best; index >= 0; index = previous[index] ?? -1) {
		const pair = pairs[index];
		if (pair) row.unshift(pair);
	}
	return row;
}

/** Where the block begins less deep than its first shared line, the difference is kept. */
function keepOutdented(lines: string[], block: readonly string[], file: readonly string[], [place, index]: readonly [number, number]): string[] {
	const target = indentOf(file[place] ?? '');
	const own = indentOf(block[index] ?? '');
	if (block.every((line) => line.trim() === '' || indentOf(line).startsWith(own))) return lines;
	const missing = target.startsWith(own) ? target.slice(own.length) : '';
	return block.map((line) => (line.trim() === '' ? '' : missing + line));
}
