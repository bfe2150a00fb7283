import { type CodeNode, type CodeTree, leafAfter } from '#core/syntax/codeTree';

/**
 * Says where a node is, seen from an anchor: `UP|STEP/STEP` goes up and then down, by the only child of a kind (`k:arguments`), or by place from the
 * left (`+0`) or from the right (`-1`); `L-1` and `R+1` count tokens from the anchor's first and last. A boundary adds the edge and an offset: `0|k:(@e+0`.
 */
export type Address = string;

const MAX_UP = 3;
const MAX_TOKENS_AWAY = 3;
const MAX_PATHS = 10;
const MAX_DEPTH = 7;
/** A step to the first word inside of a token, from which so few characters are counted. Versions that do not know it find no place by it. */
const FIRST_WORD = '/w';
const MAX_FROM_WORD = 1;

/** All ways to name a node from the anchor, the most meaningful first. Empty where it is too far away. */
export function nodeAddresses(anchor: CodeNode, node: CodeNode): Address[] {
	const addresses: Address[] = [];
	let top: CodeNode | null = anchor;
	for (let up = 0; top && up <= MAX_UP; up++, top = top.parent) {
		if (top.start > node.start || top.end < node.end) continue;
		const paths = pathsDown(top, node);
		if (!paths) continue;
		addresses.push(...paths.map((path) => `${up}|${path}`));
		break;
	}
	if (node.children.length === 0) {
		const left = node.firstLeaf - anchor.firstLeaf;
		const right = node.firstLeaf - anchor.lastLeaf;
		if (Math.abs(left) <= MAX_TOKENS_AWAY) addresses.push(`L${signed(left)}`);
		if (Math.abs(right) <= MAX_TOKENS_AWAY && anchor.lastLeaf !== anchor.firstLeaf) addresses.push(`R${signed(right)}`);
	}
	return addresses;
}

/** Null where there is no such node. */
export function resolveNode(tree: CodeTree, anchor: CodeNode, address: Address): CodeNode | null {
	const { tokens, up, steps } = readPath(address);
	if (tokens) return tree.leaves[(tokens === 'L' ? anchor.firstLeaf : anchor.lastLeaf) + up] ?? null;
	let node: CodeNode | null = anchor;
	for (let left = up; left > 0 && node; left--) node = node.parent;
	for (const step of steps) node = node && takeStep(node, step);
	return node;
}

/** All ways to name an offset from the anchor: edges of the nodes that start or end there, and distances from the token around or beside it. */
export function boundaryAddresses(tree: CodeTree, anchor: CodeNode, offset: number): Address[] {
	const after = leafAfter(tree, offset);
	const next = tree.leaves[after];
	const previous = tree.leaves[after - 1];
	const addresses: Address[] = [];
	const add = (leaf: CodeNode | undefined, edge: 's' | 'e') => {
		if (!leaf) return;
		const at = edge === 's' ? leaf.start : leaf.end;
		for (let node: CodeNode | null = leaf; node && (edge === 's' ? node.start : node.end) === at; node = node.parent) {
			for (const address of nodeAddresses(anchor, node)) addresses.push(`${address}@${edge}${signed(offset - at)}`);
			if (offset !== at) break;
		}
	};
	add(next, 's');
	if (next && next.start < offset) {
		const by = offset - firstWord(tree, next);
		if (by >= 0 && by <= MAX_FROM_WORD) for (const address of nodeAddresses(anchor, next)) addresses.push(`${address}${FIRST_WORD}@s${signed(by)}`);
		add(next, 'e');
	} else add(previous, 'e');
	if (!next || !previous) addresses.push(offset === 0 ? '^' : offset === tree.text.length ? '$' : '');
	return addresses.filter(Boolean).sort((a, b) => distance(a) - distance(b));
}

export function resolveBoundary(tree: CodeTree, anchor: CodeNode, address: Address): number | null {
	if (address === '^') return 0;
	if (address === '$') return tree.text.length;
	const { path, edge, by, isWord } = readBoundary(address);
	const node = resolveNode(tree, anchor, path);
	if (!node) return null;
	const offset = (isWord ? firstWord(tree, node) : edge === 's' ? node.start : node.end) + by;
	return offset >= 0 && offset <= tree.text.length ? offset : null;
}

interface Path {
	/** Counted in tokens from the anchor's first or last; absent: by the tree. */
	readonly tokens: 'L' | 'R' | null;
	/** Steps up, or tokens on. */
	readonly up: number;
	/** A kind, or a place. */
	readonly steps: readonly (string | number)[];
}

/** The same few addresses are tried at every place of a file. */
const readPath = remembered((address): Path => {
	const first = address.charAt(0);
	if (first === 'L' || first === 'R') return { tokens: first, up: Number(address.slice(1)), steps: [] };
	const bar = address.indexOf('|');
	const steps = address
		.slice(bar + 1)
		.split('/')
		.filter(Boolean)
		.map((step) => (step.startsWith('k:') ? step.slice(2).replaceAll('%2F', '/') : Number(step)));
	return { tokens: null, up: Number(address.slice(0, bar)), steps };
});

const readBoundary = remembered((address): { readonly path: Address; readonly edge: string; readonly by: number; readonly isWord: boolean } => {
	const at = address.lastIndexOf('@');
	const path = address.slice(0, at);
	const isWord = path.endsWith(FIRST_WORD);
	return { path: isWord ? path.slice(0, -FIRST_WORD.length) : path, edge: address.charAt(at + 1), by: Number(address.slice(at + 2)), isWord };
});

/** Where the first word in a token begins, as in a comment or a text; its start where there is none. */
function firstWord({ text }: CodeTree, { start, end }: CodeNode): number {
	const found = text.slice(start, end).search(/[\p{L}\p{N}_$]/u);
	return start + Math.max(0, found);
}

const MAX_REMEMBERED = 20_000;

function remembered<T>(read: (address: Address) => T): (address: Address) => T {
	const known = new Map<Address, T>();
	return (address) => {
		let value = known.get(address);
		if (value === undefined) {
			if (known.size >= MAX_REMEMBERED) known.clear();
			value = read(address);
			known.set(address, value);
		}
		return value;
	};
}

/** Steps up weigh more than steps down: what belongs to the anchor is meant before what happens to stand beside it. */
function distance(address: Address): number {
	const bar = address.indexOf('|');
	if (bar < 0) return TOKENS_APART;
	const [path = ''] = address.slice(bar + 1).split('@');
	return Number(address.slice(0, bar)) * STEP_UP + (path ? path.split('/').length : 0);
}

const STEP_UP = MAX_DEPTH + 1;
const TOKENS_APART = 100;

function takeStep(node: CodeNode, step: string | number): CodeNode | null {
	if (typeof step === 'number') return node.children.at(step) ?? null;
	let found: CodeNode | null = null;
	for (const child of node.children) {
		if (child.kind !== step) continue;
		if (found) return null;
		found = child;
	}
	return found;
}

function pathsDown(top: CodeNode, node: CodeNode): string[] | null {
	const steps: string[][] = [];
	let current: CodeNode = node;
	for (; current !== top; current = current.parent) {
		if (!current.parent || steps.length >= MAX_DEPTH) return null;
		const siblings = current.parent.children;
		const isOnly = siblings.filter(({ kind }) => kind === current.kind).length === 1;
		const places = [`+${current.index}`, `${current.index - siblings.length}`];
		steps.unshift(isOnly ? [`k:${current.kind.replaceAll('/', '%2F')}`, ...places] : places);
	}
	let paths: string[] = [''];
	for (const alternatives of steps) {
		paths = alternatives.flatMap((step) => paths.map((path) => (path ? `${path}/${step}` : step)));
		// Too many to follow: the same kind of step all the way.
		if (paths.length > MAX_PATHS * 3) paths = paths.slice(0, MAX_PATHS * 3);
	}
	return paths;
}

function signed(value: number): string {
	return value < 0 ? String(value) : `+${value}`;
}
