import type { CodeTree } from '#core/syntax/codeTree';

/** Replaces `[start, end)` by `text`; offsets in UTF-16 code units of the text before. */
export interface TextEdit {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

interface Piece {
	readonly text: string;
	readonly start: number;
	readonly weight: number;
}

/** Cells of the table of the longest common subsequence; beyond it one hunk covers all that differs. */
const MAX_CELLS = 400_000;

/** The smallest edits, in whole tokens and gaps, that make `after` of `before`. Edits with nothing but a gap between them are one. */
export function tokenHunks(before: CodeTree, after: CodeTree): TextEdit[] {
	const a = pieces(before);
	const b = pieces(after);
	let head = 0;
	while (head < a.length && head < b.length && a[head]?.text === b[head]?.text) head++;
	let tail = 0;
	while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail)?.text === b.at(-1 - tail)?.text) tail++;
	const pairs = commonPieces(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
	const hunks: TextEdit[] = [];
	let i = head;
	let j = head;
	const offset = (list: readonly Piece[], index: number, text: string) => list[index]?.start ?? text.length;
	for (const [x, y] of [...pairs.map(([x, y]) => [x + head, y + head] as const), [a.length - tail, b.length - tail] as const]) {
		if (x > i || y > j) {
			const edit = {
				start: offset(a, i, before.text),
				end: offset(a, x, before.text),
				text: after.text.slice(offset(b, j, after.text), offset(b, y, after.text)),
			};
			if (edit.start < edit.end || edit.text) hunks.push(edit);
		}
		i = x + 1;
		j = y + 1;
	}
	return joinOverGaps(before.text, hunks);
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
	let result = text;
	for (const { start, end, text: insert } of [...edits].sort((x, y) => y.start - x.start || y.end - x.end)) result = result.slice(0, start) + insert + result.slice(end);
	return result;
}

/** Gap, token, gap, token, …, gap; gaps may be empty. */
function pieces(tree: CodeTree): Piece[] {
	const list: Piece[] = [];
	let end = 0;
	const gap = (to: number) => {
		const text = tree.text.slice(end, to);
		list.push({ text, start: end, weight: text ? 1 : 0.5 });
	};
	for (const leaf of tree.leaves) {
		gap(leaf.start);
		list.push({ text: tree.text.slice(leaf.start, leaf.end), start: leaf.start, weight: leaf.isNamed ? 12 : 5 });
		end = leaf.end;
	}
	gap(tree.text.length);
	return list;
}

function commonPieces(a: readonly Piece[], b: readonly Piece[]): [number, number][] {
	if ((a.length + 1) * (b.length + 1) > MAX_CELLS) return [];
	const width = b.length + 1;
	const best = new Float32Array((a.length + 1) * width);
	for (let i = a.length - 1; i >= 0; i--) {
		for (let j = b.length - 1; j >= 0; j--) {
			const skip = Math.max(best[(i + 1) * width + j] as number, best[i * width + j + 1] as number);
			const same = a[i]?.text === b[j]?.text ? (a[i]?.weight ?? 0) + (best[(i + 1) * width + j + 1] as number) : 0;
			best[i * width + j] = Math.max(skip, same);
		}
	}
	const pairs: [number, number][] = [];
	for (let i = 0, j = 0; i < a.length && j < b.length; ) {
		const here = best[i * width + j] as number;
		if (a[i]?.text === b[j]?.text && here === (a[i]?.weight ?? 0) + (best[(i + 1) * width + j + 1] as number)) pairs.push([i++, j++]);
		else if (here === best[(i + 1) * width + j]) i++;
		else j++;
	}
	return pairs;
}

/** What stands between two edits is only white space, so that it was kept by chance. */
function joinOverGaps(text: string, hunks: readonly TextEdit[]): TextEdit[] {
	const joined: TextEdit[] = [];
	for (const hunk of hunks) {
		const last = joined.at(-1);
		const between = last ? text.slice(last.end, hunk.start) : '';
		if (last && !between.trim() && !(isGap(text, last) || isGap(text, hunk)))
			joined.splice(-1, 1, { start: last.start, end: hunk.end, text: last.text + between + hunk.text });
		else joined.push(hunk);
	}
	return joined;
}

function isGap(text: string, { start, end, text: insert }: TextEdit): boolean {
	return !text.slice(start, end).trim() && !insert.trim();
}
