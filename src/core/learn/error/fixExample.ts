import { type CodeNode, type CodeTree, leafAfter } from '#core/syntax/codeTree';
import { type Diagnostic, type ErrorSignature, signatureOf } from './errorSignature.ts';
import { type TextEdit, tokenHunks } from './textHunks.ts';

/** One text before and after a fix that was verified, with what was said of it before. */
export interface FixExample {
	readonly diagnostics: readonly Diagnostic[];
	readonly before: string;
	readonly after: string;
	/** Ids of the interactions that it came from, or who made it. Absent in what older versions wrote. */
	readonly sources?: readonly string[];
}

/** The part of an example's edit that belongs to one diagnostic. */
export interface ErrorEdit {
	readonly diagnostic: Diagnostic;
	readonly signature: ErrorSignature;
	readonly hunks: readonly TextEdit[];
}

/** Shares the edits of an example among its diagnostics. Empty when it cannot be told whose they are. */
export function shareEdits(diagnostics: readonly Diagnostic[], before: CodeTree, after: CodeTree): ErrorEdit[] {
	const hunks = tokenHunks(before, after);
	const [only] = diagnostics;
	if (hunks.length === 0 || !only) return [];
	const edit = (diagnostic: Diagnostic, own: readonly TextEdit[]): ErrorEdit => ({ diagnostic, signature: signatureOf(diagnostic), hunks: own });
	if (diagnostics.length === 1) return [edit(only, hunks)];
	const ordered = diagnostics.every(({ offset }) => offset !== undefined) ? [...diagnostics].sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0)) : diagnostics;
	if (hunks.length % ordered.length !== 0) return [];
	const each = hunks.length / ordered.length;
	return ordered.map((diagnostic, index) => edit(diagnostic, hunks.slice(index * each, (index + 1) * each)));
}

/** A node from which an edit is described, and the role in which it was found: only edits seen from the same role are compared. */
export interface Anchor {
	readonly role: string;
	readonly node: CodeNode;
}

const MAX_CHAIN = 4;

/** The nodes that an edit can be seen from: what covers it, what stands to its left and right, and what the diagnostic points at. */
export function anchorsOf(tree: CodeTree, hunks: readonly TextEdit[], offset: number | undefined): Anchor[] {
	const start = Math.min(...hunks.map((hunk) => hunk.start));
	const end = Math.max(...hunks.map((hunk) => hunk.end));
	const next = leafAfter(tree, start);
	const right = tree.leaves[next];
	const left = tree.leaves[next - 1];
	const touching = leafAfter(tree, Math.max(end - 1, start));
	const last = tree.leaves[touching] ?? left;
	const anchors: Anchor[] = [];
	const add = (role: string, node: CodeNode | null | undefined) => {
		if (node && node.parent !== null && !anchors.some((anchor) => anchor.role === role && anchor.node === node)) anchors.push({ role, node });
	};
	const first = right && right.start < end ? right : (left ?? right);
	const cover = first && last ? commonAncestor(first, end > start ? last : (right ?? last)) : null;
	add('cover', cover);
	if (offset !== undefined) {
		for (const [place, node] of chain(tree.leaves[leafAfter(tree, offset)], 's', offset).entries()) add(place === 0 ? 'pointed-token' : 'pointed', node);
	}
	for (const [place, node] of chain(right, 's', right?.start).entries()) add(place === 0 ? 'right-token' : 'right', node);
	for (const [place, node] of chain(left, 'e', left?.end).entries()) add(place === 0 ? 'left-token' : 'left', node);
	return anchors;
}

function chain(leaf: CodeNode | undefined, edge: 's' | 'e', at: number | undefined): CodeNode[] {
	const nodes: CodeNode[] = [];
	for (let node: CodeNode | null | undefined = leaf; node && (edge === 's' ? node.start : node.end) === at && nodes.length < MAX_CHAIN; node = node.parent)
		nodes.push(node);
	return nodes;
}

export function commonAncestor(a: CodeNode, b: CodeNode): CodeNode {
	let node = a;
	while ((node.start > b.start || node.end < b.end || node.firstLeaf > b.firstLeaf || node.lastLeaf < b.lastLeaf) && node.parent) node = node.parent;
	return node;
}
