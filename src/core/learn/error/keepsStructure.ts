import type { CodeNode, CodeTree } from '#core/syntax/codeTree';
import type { TextEdit } from './textHunks.ts';

/**
 * Whether what stands around the edits is still read as it was: the smallest node that holds them all is one node afterwards too, in the same
 * surroundings. `a && b === true` made `a && b ?? c` parses, but no more says what it said. `edits` are those of one fix, `all` those of the whole
 * text, in order.
 */
export function keepsStructure(before: CodeTree, after: CodeTree, edits: readonly TextEdit[], all: readonly TextEdit[]): boolean {
	const start = Math.min(...edits.map((edit) => edit.start));
	const end = Math.max(...edits.map((edit) => edit.end));
	let node = smallestHolding(before, start, end);
	for (; node.parent; node = node.parent) {
		const wanted = surroundings(node);
		const ranges = rangesAfter(node, all).map((range) => trimmed(after.text, range));
		if (ranges.every((range) => range.start >= range.end)) continue;
		return ranges.some((range) => nodesAt(after, range).some((found) => surroundings(found) === wanted));
	}
	return true;
}

interface Range {
	readonly start: number;
	readonly end: number;
}

/** Where a node is after the edits; what is inserted at its ends may belong to it or not. */
function rangesAfter(node: CodeNode, edits: readonly TextEdit[]): Range[] {
	let starts = [node.start];
	let ends = [node.end];
	for (const { start, end, text } of edits) {
		const by = text.length - (end - start);
		const isInsertion = start === end;
		if (isInsertion && start === node.start) starts = starts.flatMap((offset) => [offset, offset + by]);
		else if (end <= node.start) starts = starts.map((offset) => offset + by);
		if (isInsertion && start === node.end) ends = ends.flatMap((offset) => [offset, offset + by]);
		else if (end <= node.end) ends = ends.map((offset) => offset + by);
	}
	return starts.flatMap((start) => ends.map((end) => ({ start, end })));
}

/** Of several tokens, since a token may say of what kind the node around it is; of nodes with the same text the outermost. An insertion is inside of a node only when it touches neither end. */
export function smallestHolding({ root }: CodeTree, start: number, end: number): CodeNode {
	const holds = (node: CodeNode) => node.firstLeaf < node.lastLeaf && (start < end ? node.start <= start && node.end >= end : node.start < start && node.end > end);
	let node = root;
	for (let inner = root.children.find(holds); inner; inner = inner.children.find(holds)) if (inner.start > node.start || inner.end < node.end) node = inner;
	return node;
}

function trimmed(text: string, { start, end }: Range): Range {
	const part = text.slice(start, end);
	return { start: start + part.length - part.trimStart().length, end: end - (part.length - part.trimEnd().length) };
}

function nodesAt({ root }: CodeTree, { start, end }: Range): CodeNode[] {
	const found: CodeNode[] = [];
	for (let node: CodeNode | undefined = root; node; node = node.children.find((child) => child.start <= start && child.end >= end)) {
		if (node.start === start && node.end === end) found.push(node);
	}
	return found;
}

/** Kinds of the nodes around, those that hold nothing else left out. */
function surroundings(node: CodeNode): string {
	const kinds: string[] = [];
	let inner = node;
	for (let outer = node.parent; outer; outer = outer.parent) {
		if (outer.start < inner.start || outer.end > inner.end) kinds.push(outer.kind);
		inner = outer;
	}
	return kinds.join(' ');
}
