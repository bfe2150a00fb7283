import { type CodeNode, type CodeTree, leafAfter } from '#core/syntax/codeTree';
import type { Diagnostic } from './errorSignature.ts';
import type { TextEdit } from './textHunks.ts';

/** What is seen at a place where an edit is or could be made. Names that start with `!` say what is edited, `@` where the diagnostic points, `~` the surroundings. */
export type PlaceFeatures = Readonly<Record<string, string>>;

const LONGEST_LIST = 12;
const WORD = /[\p{L}\p{N}_$]+/gu;
const HAS_WORD = /[\p{L}\p{N}_$]/u;

export function placeFeatures(tree: CodeTree, anchor: CodeNode, hunks: readonly TextEdit[], diagnostic: Diagnostic, captures: readonly string[]): PlaceFeatures {
	const { leaves, text } = tree;
	const features: Record<string, string> = {};
	const previous = leaves[anchor.firstLeaf - 1];
	const next = leaves[anchor.lastLeaf + 1];
	features['~kind'] = anchor.kind;
	features['~parent'] = anchor.parent?.kind ?? '';
	features['~grandparent'] = anchor.parent?.parent?.kind ?? '';
	features['~children'] = kindsOf(anchor.children);
	features['~first'] = leaves[anchor.firstLeaf]?.kind ?? '';
	features['~last'] = leaves[anchor.lastLeaf]?.kind ?? '';
	features['~previous'] = previous?.kind ?? '';
	features['~next'] = next?.kind ?? '';
	features['~gapBefore'] = gapClass(text.slice(previous?.end ?? 0, anchor.start));
	features['~gapAfter'] = gapClass(text.slice(anchor.end, next?.start ?? text.length));
	for (const [index, { start, end }] of hunks.entries()) {
		const from = leafAfter(tree, start);
		const to = leafAfter(tree, Math.max(start, end - 1));
		const cut = start < end ? leaves.slice(from, to + 1).filter((leaf) => leaf.start < end) : [];
		const nodes = wholeNodes(tree, cut, start, end);
		const around = leaves[from];
		if (around && around.start < start && start < around.end)
			features[`!inWord${index}`] = String(HAS_WORD.test(text.charAt(start - 1)) && HAS_WORD.test(text.charAt(start)));
		const left = leaves[from - 1];
		const right = leaves[cut.length > 0 ? from + cut.length : from];
		features[`!cut${index}`] = cut.length > 0 ? shapeOf(nodes) : widthOf(text.slice(start, end));
		features[`~cutKinds${index}`] =
			cut.length > 0
				? nodes
						.slice(0, LONGEST_LIST)
						.map(({ kind }) => kind)
						.join(' ')
				: gapClass(text.slice(start, end));
		features[`~cutText${index}`] = cut.length > 0 ? text.slice(start, end).slice(0, 80) : '';
		features[`~left${index}`] = left?.kind ?? '';
		features[`~right${index}`] = right?.kind ?? '';
		if (cut.length === 0) {
			const gap = text.slice(left?.end ?? 0, right?.start ?? text.length);
			features[`!gap${index}`] = widthOf(gap);
			features[`~gap${index}`] = gapClass(gap);
		}
		const names = cut.filter(({ isNamed }) => isNamed).map((leaf) => text.slice(leaf.start, leaf.end));
		if (names.length > 0) features[`!known${index}`] = names.every((name) => occursOutside(tree, anchor, name, start, end)) ? 'yes' : 'no';
	}
	const edited = text.slice(Math.min(anchor.start, ...hunks.map(({ start }) => start)), Math.max(anchor.end, ...hunks.map(({ end }) => end)));
	const words = new Set(captures.length > 0 ? edited.match(WORD) : []);
	for (const [index, capture] of captures.entries()) {
		const places = [
			['anchor', anchor],
			['first', leaves[anchor.firstLeaf]],
			['last', leaves[anchor.lastLeaf]],
			['previous', previous],
			['next', next],
		] as const;
		// What the code does not have is the message's own word, which may tell one kind of fix from another.
		features[`!said${index}`] = text.includes(capture) ? '' : capture.replace(WORD, (word) => (words.has(word) ? '_' : word));
		features[`@says${index}`] = places.find(([, node]) => node && text.slice(node.start, node.end) === capture)?.[0] ?? '';
	}
	const { offset, line } = diagnostic;
	const [first] = hunks;
	if (offset !== undefined) {
		const edit = first ? { start: first.start, end: first.end } : anchor;
		features['@start'] = String(offset === anchor.start);
		features['@end'] = String(offset === anchor.end);
		features['@inside'] = String(offset >= anchor.start && offset < anchor.end);
		features['@edit'] = String(offset === edit.start);
		features['@editEnd'] = String(offset === edit.end);
	} else if (line !== undefined) features['@line'] = String(lineOf(text, anchor.start) - line);
	return features;
}

/** Kinds in order, a repeated separator or element counted once: what a list is made of, not how long it is. */
function kindsOf(nodes: readonly CodeNode[]): string {
	const kinds: string[] = [];
	for (const { kind } of nodes) {
		if (kinds.length >= LONGEST_LIST) break;
		if (kinds.at(-1) !== kind && !(kinds.at(-2) === kind && kinds.at(-1) === ',')) kinds.push(kind);
	}
	return kinds.join(' ');
}

/** The largest nodes that the cut tokens make up. */
function wholeNodes(tree: CodeTree, cut: readonly CodeNode[], start: number, end: number): CodeNode[] {
	const nodes: CodeNode[] = [];
	for (const leaf of cut) {
		if (leaf.start < (nodes.at(-1)?.end ?? 0)) continue;
		let node = leaf;
		while (node.parent?.parent && node.parent.start >= start && node.parent.end <= end) node = node.parent;
		nodes.push(HAS_WORD.test(tree.text.slice(node.start, node.end)) ? node : leaf);
	}
	return nodes;
}

/** Signs and keywords as they are, everything with a name or a value as `_`, repetitions once. */
function shapeOf(cut: readonly CodeNode[]): string {
	const shape: string[] = [];
	for (const { kind, isNamed } of cut) {
		const part = isNamed ? '_' : kind;
		if (shape.at(-1) !== part) shape.push(part);
	}
	return shape.slice(0, LONGEST_LIST).join(' ');
}

/** Nothing, something on one line, or a line end. */
function widthOf(gap: string): string {
	return gap === '' ? '[]' : gap.includes('\n') ? '[line]' : '[ ]';
}

export function gapClass(gap: string): string {
	if (gap === '' || gap === ' ') return `[${gap}]`;
	if (!gap.includes('\n')) return gap.trim() === '' ? '[spaces]' : '[text]';
	return gap.split('\n').length > 2 ? '[lines]' : '[line]';
}

function occursOutside(tree: CodeTree, anchor: CodeNode, name: string, start: number, end: number): boolean {
	for (let index = anchor.firstLeaf; index <= anchor.lastLeaf && index < anchor.firstLeaf + 400; index++) {
		const leaf = tree.leaves[index];
		if (leaf && (leaf.end <= start || leaf.start >= end) && tree.text.slice(leaf.start, leaf.end) === name) return true;
	}
	return false;
}

function lineOf(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
	return line;
}
