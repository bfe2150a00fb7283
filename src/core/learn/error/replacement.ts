import type { CodeNode, CodeTree } from '#core/syntax/codeTree';
import type { TextEdit } from './textHunks.ts';
import { type Address, nodeAddresses, resolveNode } from './treeAddress.ts';

/** A part of an inserted text: the same everywhere, or copied from a node, or taken from the message. Null literal: it differs between examples. */
export interface ReplacementPiece {
	readonly literal: string | null;
	readonly copies: readonly Address[];
	/** Places in the signature's captures. */
	readonly captures: readonly number[];
	/** What is cut, with its letters in this case. Absent: never. */
	readonly cases?: readonly LetterCase[];
}

export type LetterCase = 'upper' | 'lower';

const WORD_OR_SIGN = /\s+|[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/uy;
/** Signs between operands, which may be carried over; `=>` and `=` say what kind of code it is. */
const OPERATOR = /^(?!=>?$)[<>=!+\-*/%&|^~?]+$/;
const MAX_SCOPE = 600;

/** Cuts an inserted text into pieces; the longest node of the anchor's surroundings with the same text is taken as copied. */
export function replacementPieces(
	tree: CodeTree,
	anchor: CodeNode,
	edits: readonly TextEdit[],
	{ cut, text }: { readonly cut: string; readonly text: string },
	{ canCopy, captures }: { readonly canCopy: boolean; readonly captures: readonly string[] },
): ReplacementPiece[] {
	const cases = canCopy ? casesOf(cut, text) : [];
	if (cases.length > 0) return [{ literal: null, copies: [], captures: [], cases }];
	const scope = canCopy ? scopeOf(tree, anchor, edits) : new Map<string, CodeNode[]>();
	const sources = [...scope.keys()].sort((a, b) => b.length - a.length);
	const pieces: ReplacementPiece[] = [];
	let literal = '';
	const flush = () => {
		if (literal) pieces.push({ literal, copies: [], captures: [] });
		literal = '';
	};
	for (let at = 0; at < text.length; ) {
		const source = sources.find((candidate) => text.startsWith(candidate, at) && isWhole(text, at, at + candidate.length));
		WORD_OR_SIGN.lastIndex = at;
		const token =
			source ??
			captures.find((capture) => capture && text.startsWith(capture, at) && isWhole(text, at, at + capture.length)) ??
			WORD_OR_SIGN.exec(text)?.[0] ??
			text.slice(at, at + 1);
		const copies = source === undefined ? [] : (scope.get(source) ?? []).flatMap((node) => nodeAddresses(anchor, node));
		const said = captures.flatMap((capture, index) => (capture === token ? [index] : []));
		if (copies.length > 0 || said.length > 0) {
			flush();
			pieces.push({ literal: token, copies, captures: said });
		} else literal += token;
		at += token.length;
	}
	flush();
	return pieces;
}

/** Null when a copied node is not there, or the message does not say it. `isCertain` is false when the alternatives disagree. */
export function renderPieces(
	tree: CodeTree,
	anchor: CodeNode,
	pieces: readonly ReplacementPiece[],
	{ captures, cut }: { readonly captures: readonly string[]; readonly cut: string },
): { readonly text: string; readonly isCertain: boolean } | null {
	let text = '';
	let isCertain = true;
	for (const { literal, copies, captures: said, cases = [] } of pieces) {
		const values = new Set<string>();
		for (const address of copies) {
			const node = resolveNode(tree, anchor, address);
			if (node) values.add(tree.text.slice(node.start, node.end));
		}
		for (const index of said) {
			const value = captures[index];
			if (value !== undefined) values.add(value);
		}
		for (const one of cases) values.add(inCase(cut, one));
		if (literal !== null && values.size === 0 && copies.length + said.length + cases.length === 0) values.add(literal);
		const [value] = values;
		if (value === undefined) return null;
		if (values.size > 1) isCertain = false;
		text += value;
	}
	return { text, isCertain };
}

/** The cases that make the one text the other. */
export function casesOf(cut: string, text: string): LetterCase[] {
	return cut === text ? [] : (['upper', 'lower'] as const).filter((one) => inCase(cut, one) === text);
}

function inCase(text: string, letterCase: LetterCase): string {
	return letterCase === 'upper' ? text.toUpperCase() : text.toLowerCase();
}

/** Named nodes with their texts: of the anchor, of its parent, and of what the edits touch. */
function scopeOf(tree: CodeTree, anchor: CodeNode, edits: readonly TextEdit[]): Map<string, CodeNode[]> {
	const scope = new Map<string, CodeNode[]>();
	let count = 0;
	const visit = (node: CodeNode) => {
		if (count++ > MAX_SCOPE) return;
		const text = tree.text.slice(node.start, node.end);
		if (node.parent && (node.isNamed ? /[\p{L}\p{N}"'`]/u.test(text) : OPERATOR.test(text) && isBetween(node))) {
			const same = scope.get(text);
			// A node and its only child are one thing; the outer one is what is meant.
			if (!same) scope.set(text, [node]);
			else if (!same.some((known) => known.start === node.start)) same.push(node);
		}
		for (const child of node.children) visit(child);
	};
	let top = anchor;
	for (let up = 0; up < 3 && top.parent?.parent && edits.some(({ start, end }) => start < top.start || end > top.end); up++) top = top.parent;
	if (top === anchor && anchor.children.length === 0 && anchor.parent?.parent) top = anchor.parent;
	visit(top);
	return scope;
}

/** Between operands, not around them as the brackets of type arguments are. */
function isBetween({ parent, index }: CodeNode): boolean {
	return parent !== null && ((index > 0 && index < parent.children.length - 1) || parent.children.length === 2);
}

function isWhole(text: string, start: number, end: number): boolean {
	const isWord = (index: number) => /[\p{L}\p{N}_$]/u.test(text.charAt(index));
	return !(isWord(start) && isWord(start - 1)) && !(isWord(end - 1) && isWord(end));
}
