import type { Grammar, SyntaxParser, Tree } from './syntaxParser.ts';

/** A node of a syntax tree that outlives the parser. Offsets are UTF-16 code units, end exclusive. */
export interface CodeNode {
	readonly kind: string;
	/** False for punctuation and keywords, whose kind is their text. */
	readonly isNamed: boolean;
	readonly start: number;
	readonly end: number;
	readonly parent: CodeNode | null;
	/** Place among the parent's children. */
	readonly index: number;
	readonly children: readonly CodeNode[];
	/** Places of its first and last leaf in the tree's `leaves`. */
	readonly firstLeaf: number;
	readonly lastLeaf: number;
}

export interface CodeTree {
	readonly text: string;
	readonly root: CodeNode;
	/** The tokens, comments among them, in order; between them there is only white space. */
	readonly leaves: readonly CodeNode[];
	/** All nodes, parents before children. */
	readonly nodes: readonly CodeNode[];
	readonly hasError: boolean;
	/** False: cut into tokens and brackets without a grammar. */
	readonly isParsed: boolean;
}

type Building = { -readonly [K in keyof CodeNode]: K extends 'children' ? Building[] : K extends 'parent' ? Building | null : CodeNode[K] };

const MAX_NODES = 60_000;
const TOKEN = /[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|=>|->|::|&&|\|\||\?\?|[<>=!+\-*/%&|^]=+|\S/gu;
const OPENING = '([{';
const CLOSING = ')]}';

/** Reads the text with the language's grammar, or by tokens and brackets where there is none or it gave up. Null: too large to reason about. */
export async function readCodeTree(parser: SyntaxParser, text: string, languageId: string): Promise<CodeTree | null> {
	const grammar: Grammar | null = await parser.grammar(languageId);
	const parsed = await parser.parse(text, grammar, (tree) => fromSyntaxTree(text, tree));
	return 'value' in parsed ? parsed.value : tokenTree(text);
}

function fromSyntaxTree(text: string, tree: Tree): CodeTree | null {
	const build = new TreeBuilder(text);
	const cursor = tree.walk();
	try {
		for (;;) {
			if (build.nodes.length > MAX_NODES) return null;
			if (!cursor.nodeIsMissing) build.open(cursor.nodeType, cursor.nodeIsNamed, cursor.startIndex, cursor.endIndex);
			if (cursor.gotoFirstChild()) continue;
			if (!cursor.nodeIsMissing) build.close();
			while (!cursor.gotoNextSibling()) {
				if (!cursor.gotoParent()) return build.finish(tree.rootNode.hasError, true);
				build.close();
			}
		}
	} finally {
		cursor.delete();
	}
}

/** Words, numbers, strings and signs, nested by their brackets. */
export function tokenTree(text: string): CodeTree | null {
	const build = new TreeBuilder(text);
	build.open('text', true, 0, text.length);
	const open: string[] = [];
	for (const match of text.matchAll(TOKEN)) {
		if (build.nodes.length > MAX_NODES) return null;
		const [token] = match;
		const end = match.index + token.length;
		if (OPENING.includes(token)) {
			open.push(CLOSING.charAt(OPENING.indexOf(token)));
			build.open('group', true, match.index, end);
		}
		build.open(kindOf(token), /^[\p{L}\p{N}_$"'`]/u.test(token), match.index, end);
		build.close();
		if (token === open.at(-1)) {
			open.pop();
			build.close(end);
		}
	}
	while (open.pop()) build.close(text.length);
	build.close();
	return build.finish(false, false);
}

function kindOf(token: string): string {
	if (/^\d/.test(token)) return 'number';
	if (/^["'`]/.test(token) && token.length > 1) return 'string';
	return /^[\p{L}_$]/u.test(token) ? 'word' : token;
}

class TreeBuilder {
	readonly nodes: Building[] = [];
	readonly #text: string;
	readonly #leaves: Building[] = [];
	readonly #open: Building[] = [];

	constructor(text: string) {
		this.#text = text;
	}

	open(kind: string, isNamed: boolean, start: number, end: number): void {
		const parent = this.#open.at(-1) ?? null;
		const node: Building = { kind, isNamed, start, end, parent, index: parent?.children.length ?? 0, children: [], firstLeaf: this.#leaves.length, lastLeaf: -1 };
		parent?.children.push(node);
		this.nodes.push(node);
		this.#open.push(node);
	}

	/** Closes the innermost open node; a node without children and with text is a leaf. */
	close(end?: number): void {
		const node = this.#open.pop();
		if (!node) return;
		if (end !== undefined) node.end = end;
		if (node.children.length === 0 && node.end > node.start && node.parent) this.#leaves.push(node);
		node.lastLeaf = this.#leaves.length - 1;
	}

	finish(hasError: boolean, isParsed: boolean): CodeTree | null {
		while (this.#open.length > 0) this.close();
		const [root] = this.nodes;
		return root ? { text: this.#text, root, leaves: this.#leaves, nodes: this.nodes, hasError, isParsed } : null;
	}
}

/** Index in `leaves` of the first leaf that ends after `offset`; the number of leaves when there is none. */
export function leafAfter(tree: CodeTree, offset: number): number {
	let low = 0;
	let high = tree.leaves.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((tree.leaves[middle] as CodeNode).end > offset) high = middle;
		else low = middle + 1;
	}
	return low;
}
