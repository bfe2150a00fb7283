import type { CodeNode, CodeTree } from '#core/syntax/codeTree';

/**
 * Neighbouring operands of one operator, each of which holds what the one before it holds and goes on from there: `a && a.b && a.b.c`,
 * `x == null || x[i] == null`. Whatever the operator, the language, and what is around what grows.
 */
export interface GrowingChain {
	readonly start: number;
	readonly end: number;
	/** The smallest node that all its operands are in. */
	readonly node: CodeNode;
	/** The last operand: what the others say is in it. */
	readonly last: CodeNode;
	/** Leaf that what grows begins with, in the last operand. */
	readonly base: number;
	/** Leaves of the last operand at which an earlier operand ended. */
	readonly joints: ReadonlySet<number>;
	/** How many operands it has. */
	readonly length: number;
	/** The earlier operands with their operators, what grows in them written `_`: each kind once. */
	readonly links: readonly string[];
}

/** How far inside of the last operand what grows may begin. */
const MAX_BASES = 8;
/** Nodes of an earlier operand that are compared. */
const MAX_NODES = 200;
/** A chain of more is left alone. */
const MAX_OPERANDS = 40;
/** Tokens of what is compared. */
const LONGEST_CORE = 100;
const SEPARATOR = '\u0000';

/** All that cannot be made longer, in the chain of operands whose outermost node this is. Empty when it is none, or nothing grows in it. */
export function growingChains(tree: CodeTree, node: CodeNode): GrowingChain[] {
	const operator = operatorOf(tree, node);
	if (operator === null || (node.parent && node.index === 0 && node.parent.kind === node.kind && operatorOf(tree, node.parent) === operator)) return [];
	const operands: CodeNode[] = [];
	const nodes: CodeNode[] = [];
	for (let inner: CodeNode | undefined = node; inner && operands.length < MAX_OPERANDS; inner = inner.children[0]) {
		if (inner.kind !== node.kind || operatorOf(tree, inner) !== operator) {
			operands.unshift(inner);
			break;
		}
		operands.unshift(inner.children[2] as CodeNode);
		nodes.unshift(inner);
	}
	// Part of a chain would be made one.
	if (operands.length !== nodes.length + 1) return [];
	const chains: GrowingChain[] = [];
	for (let end = operands.length - 1; end > 0; ) {
		const found = longestTo(tree, operands, end);
		if (!found) {
			end--;
			continue;
		}
		const first = operands[end - found.cores.length] as CodeNode;
		const last = operands[end] as CodeNode;
		chains.push({
			start: first.start,
			end: last.end,
			node: nodes[end - 1] as CodeNode,
			last,
			base: found.base,
			joints: new Set(found.cores.map(({ core }) => found.base + lengthOf(core))),
			length: found.cores.length + 1,
			links: [...new Set(found.cores.map(({ operand, core }) => `${around(tree, operand, core)} ${operator}`))].sort(),
		});
		end -= found.cores.length;
	}
	return chains;
}

interface Core {
	readonly operand: CodeNode;
	/** What the next operand begins with, too. */
	readonly core: CodeNode;
}

/** The longest run of operands that ends with this one. */
function longestTo(tree: CodeTree, operands: readonly CodeNode[], end: number): { readonly base: number; readonly cores: readonly Core[] } | null {
	const last = operands[end] as CodeNode;
	let longest: { readonly base: number; readonly cores: readonly Core[] } | null = null;
	for (let base = last.firstLeaf; base <= Math.min(last.lastLeaf, last.firstLeaf + MAX_BASES); base++) {
		const nodes = spine(tree, base, last);
		const known = new Map(nodes.filter((node) => lengthOf(node) <= LONGEST_CORE).map((node) => [textOf(tree, node), lengthOf(node)]));
		// What the last operand holds must go on beyond what those before it hold.
		let longestCore = Math.max(0, ...nodes.map(lengthOf)) - 1;
		if (longestCore < 1) continue;
		const cores: Core[] = [];
		for (let index = end - 1; index >= 0; index--) {
			const operand = operands[index] as CodeNode;
			const core = largestKnown(tree, operand, known, longestCore);
			if (!core) break;
			longestCore = lengthOf(core);
			cores.push({ operand, core });
		}
		if (cores.length > (longest?.cores.length ?? 0)) longest = { base, cores };
	}
	return longest;
}

/** The named nodes that begin with this leaf, the innermost first, up to one that is longer than what is compared. */
function spine(tree: CodeTree, leaf: number, within: CodeNode): CodeNode[] {
	const nodes: CodeNode[] = [];
	for (let node = tree.leaves[leaf] ?? null; node && node.firstLeaf === leaf; node = node === within ? null : node.parent) {
		if (!node.isNamed) continue;
		nodes.push(node);
		if (lengthOf(node) > LONGEST_CORE) break;
	}
	return nodes;
}

/** In tokens. */
function lengthOf({ firstLeaf, lastLeaf }: CodeNode): number {
	return lastLeaf - firstLeaf + 1;
}

function largestKnown(tree: CodeTree, operand: CodeNode, known: ReadonlyMap<string, number>, longest: number): CodeNode | null {
	let left = MAX_NODES;
	const find = (node: CodeNode): CodeNode | null => {
		if (left-- <= 0) return null;
		const length = lengthOf(node);
		if (length <= Math.min(longest, LONGEST_CORE) && known.get(textOf(tree, node)) === length) return node;
		let best: CodeNode | null = null;
		for (const child of node.children) {
			if (!child.isNamed) continue;
			const found = find(child);
			if (found && (!best || lengthOf(found) > lengthOf(best))) best = found;
		}
		return best;
	};
	return find(operand);
}

/** The tokens between two operands; null where a node is something else. */
function operatorOf({ text }: CodeTree, { children }: CodeNode): string | null {
	const [left, operator, right] = children;
	return children.length === 3 && left?.isNamed && right?.isNamed && operator && !operator.isNamed ? text.slice(operator.start, operator.end) : null;
}

function textOf(tree: CodeTree, { firstLeaf, lastLeaf }: CodeNode): string {
	return leafTexts(tree, firstLeaf, lastLeaf + 1).join(SEPARATOR);
}

function around(tree: CodeTree, operand: CodeNode, core: CodeNode): string {
	return [...leafTexts(tree, operand.firstLeaf, core.firstLeaf), '_', ...leafTexts(tree, core.lastLeaf + 1, operand.lastLeaf + 1)].join(' ');
}

function leafTexts({ leaves, text }: CodeTree, from: number, to: number): string[] {
	return leaves.slice(from, to).map(({ start, end }) => text.slice(start, end));
}
