import { type CodeNode, type CodeTree, leafAfter } from '#core/syntax/codeTree';
import { commonAncestor } from './fixExample.ts';
import { type GrowingChain, growingChains } from './growingChain.ts';

/**
 * How a growing chain was made one: its last operand stays, and where an earlier one ended in it, another token stands. The same for a chain of any
 * length. Plain data.
 */
export interface ChainFold {
	readonly version: 1;
	/** Kinds of earlier operands that are left out: see `GrowingChain`. */
	readonly links: readonly string[];
	/** Operands of the longest that was seen. */
	readonly longest: number;
	/** By the token at which an earlier operand ended: what is there now. */
	readonly joints: Readonly<Record<string, string>>;
	/** By the kind of node: whether white space between its parts was kept. */
	readonly gaps: Readonly<Record<string, 'kept' | 'dropped'>>;
}

/** Characters that a joint may become more than it was. */
const MAX_ADDED = 6;
const MAX_TRIES = 2_000;

/** The growing chains around an offset, or, without one, of the whole text. */
export function chainsNear(tree: CodeTree, offset: number | undefined): GrowingChain[] {
	if (offset === undefined) return tree.nodes.flatMap((node) => growingChains(tree, node));
	const chains: GrowingChain[] = [];
	for (let node = tree.leaves[leafAfter(tree, offset)] ?? null; node; node = node.parent) chains.push(...growingChains(tree, node));
	return chains;
}

/** What makes `after` of the chain; null where its last operand is not all that is left, but for its joints. */
export function foldOf(tree: CodeTree, chain: GrowingChain, after: string): ChainFold | null {
	const { last } = chain;
	let tries = 0;
	const align = (leaf: number, at: number, fold: ChainFold): ChainFold | null => {
		if (leaf > last.lastLeaf) return at === after.length ? fold : null;
		if (tries++ > MAX_TRIES) return null;
		const token = textOf(tree, leaf);
		for (const { text: gap, fold: known } of gapsBefore(tree, chain, leaf, fold)) {
			if (!after.startsWith(gap, at)) continue;
			const start = at + gap.length;
			if (!chain.joints.has(leaf)) {
				const found = after.startsWith(token, start) ? align(leaf + 1, start + token.length, known) : null;
				if (found) return found;
				continue;
			}
			const joint = Object.hasOwn(known.joints, token) ? known.joints[token] : undefined;
			const longest = Math.min(after.length - start, token.length + MAX_ADDED);
			const choices = joint === undefined ? Array.from({ length: longest }, (_, length) => after.slice(start, start + length + 1)) : [joint];
			for (const text of choices) {
				if (!after.startsWith(text, start) || text.trim() !== text) continue;
				const found = align(leaf + 1, start + text.length, { ...known, joints: { ...known.joints, [token]: text } });
				if (found) return found;
			}
		}
		return null;
	};
	return align(last.firstLeaf, 0, { version: 1, links: chain.links, longest: chain.length, joints: {}, gaps: {} });
}

/** Null where the chain has operands or joints of a kind that was not seen. `isCertain` is false when it was not seen whether its white space stays. */
export function applyFold(tree: CodeTree, chain: GrowingChain, fold: ChainFold): { readonly text: string; readonly isCertain: boolean } | null {
	if (!chain.links.every((link) => fold.links.includes(link))) return null;
	let text = '';
	let isCertain = true;
	for (let leaf = chain.last.firstLeaf; leaf <= chain.last.lastLeaf; leaf++) {
		const [gap, other] = gapsBefore(tree, chain, leaf, fold);
		const token = textOf(tree, leaf);
		const made = chain.joints.has(leaf) ? jointOf(fold, token) : token;
		if (made === null) return null;
		if (other && !isAllDropped(fold)) isCertain = false;
		text += (gap?.text ?? '') + made;
	}
	return { text, isCertain };
}

/** What the token becomes; itself where it is what others become or get before them; null where that was not seen. */
function jointOf({ joints }: ChainFold, token: string): string | null {
	if (Object.hasOwn(joints, token)) return joints[token] ?? null;
	const seen = Object.entries(joints);
	if (seen.some(([before, after]) => after === token || after === token + before)) return token;
	// What stands at joints of several kinds, in their place or before them, does before one of another kind.
	const marks = seen.map(([before, after]) => (after.endsWith(before) ? [after, after.slice(0, -before.length)] : [after]));
	const common = (marks[0] ?? []).filter((mark) => mark !== '' && marks.every((own) => own.includes(mark)));
	return seen.length > 1 && common.length === 1 ? common[0] + token : null;
}

/** Whether the same was seen to be done again and again, and more than that earlier operands are left out: `x = x + 1` grows, too, and is no chain. */
export function isRepeated({ joints, longest }: ChainFold): boolean {
	return longest > 2 && Object.entries(joints).some(([before, after]) => before !== after);
}

/** What both do, where they do not contradict each other; otherwise null. */
export function joinFolds(a: ChainFold, b: ChainFold): ChainFold | null {
	if (contradict(a.joints, b.joints) || contradict(a.gaps, b.gaps)) return null;
	return {
		version: 1,
		links: [...new Set([...a.links, ...b.links])].sort(),
		longest: Math.max(a.longest, b.longest),
		joints: { ...a.joints, ...b.joints },
		gaps: { ...a.gaps, ...b.gaps },
	};
}

function contradict(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
	return Object.entries(a).some(([name, value]) => Object.hasOwn(b, name) && b[name] !== value);
}

interface Gap {
	readonly text: string;
	readonly fold: ChainFold;
}

/** What may stand before a token of the last operand, and what is known then. Only between the parts of what grows it may be dropped. */
function gapsBefore(tree: CodeTree, { last, base }: GrowingChain, leaf: number, fold: ChainFold): Gap[] {
	const [previous, next] = [tree.leaves[leaf - 1], tree.leaves[leaf]];
	const text = previous && next && leaf > last.firstLeaf ? tree.text.slice(previous.end, next.start) : '';
	const holder: CodeNode | null = text && previous && next ? commonAncestor(previous, next) : null;
	if (!holder || holder.firstLeaf !== base) return [{ text, fold }];
	const known = Object.hasOwn(fold.gaps, holder.kind) ? fold.gaps[holder.kind] : undefined;
	const gap = (value: 'kept' | 'dropped'): Gap => ({
		text: value === 'kept' ? text : '',
		fold: known ? fold : { ...fold, gaps: { ...fold.gaps, [holder.kind]: value } },
	});
	if (known) return [gap(known)];
	return isAllDropped(fold) ? [gap('dropped'), gap('kept')] : [gap('kept'), gap('dropped')];
}

/** Where white space was seen, it was dropped: then it likely is where it was not seen. */
function isAllDropped({ gaps }: ChainFold): boolean {
	const seen = Object.values(gaps);
	return seen.length > 0 && seen.every((value) => value === 'dropped');
}

function textOf({ leaves, text }: CodeTree, leaf: number): string {
	const node = leaves[leaf];
	return node ? text.slice(node.start, node.end) : '';
}
