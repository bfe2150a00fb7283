import type { CodeTree } from '#core/syntax/codeTree';
import { type Diagnostic, type ErrorSignature, type MessageWord, signatureOf } from './errorSignature.ts';

/** A message's words, and which of them are words of the code that it speaks of: those may differ. Plain data. */
export interface MessageShape {
	readonly key: string;
	readonly words: readonly string[];
	readonly isOfCode: readonly boolean[];
}

/** Gives every diagnostic of a rule the signature of its kind. */
export type SignDiagnostic = (diagnostic: Diagnostic) => ErrorSignature;

const MAX_DIFFERENCES = 2;

/** Adds the kinds of message of a rule to the known ones: two are one when they differ only in words that each one's code has. */
export function messageShapes(diagnostics: readonly { readonly diagnostic: Diagnostic; readonly tree: CodeTree }[], known: readonly MessageShape[] = []): MessageShape[] {
	const shapes: MessageShape[] = [...known];
	for (const { diagnostic, tree } of diagnostics) {
		const signature = signatureOf(diagnostic);
		const own = shapeOf(signature, codeWords(signature, tree));
		const index = shapes.findIndex((shape) => isSame(shape, own));
		const like = shapes[index];
		if (!like) shapes.push(own);
		// A word that is the same in a message whose code does not have it belongs to the message.
		else
			shapes[index] = { ...like, isOfCode: like.isOfCode.map((isOfCode, place) => isOfCode && own.words.length === like.words.length && own.isOfCode[place] === true) };
	}
	return shapes;
}

/** Signs with the first shape that fits; words of the code become captures, after those that are words of the message. */
export function signWith(shapes: readonly MessageShape[], tree: CodeTree): SignDiagnostic {
	return (diagnostic) => {
		const signature = signatureOf(diagnostic);
		const words = codeWords(signature, tree);
		const own = shapeOf(signature, words);
		const shape = shapes.find(({ key }) => key === own.key) ?? shapes.find((known) => isSame(known, own));
		if (!shape) return signature;
		const said = words.filter((_, place) => shape.isOfCode[place]);
		const holes = new Set(said.flatMap(({ captures }) => captures));
		const captures = [...signature.captures.filter((_, index) => !holes.has(index)), ...said.map(({ text }) => text)];
		return { ...signature, key: shape.key, captures };
	};
}

function isSame(a: MessageShape, b: MessageShape): boolean {
	if (a.key === b.key) return true;
	if (a.words.length !== b.words.length) return false;
	let differences = 0;
	for (const [place, word] of a.words.entries()) {
		if (word === b.words[place]) continue;
		if (!a.isOfCode[place] || !b.isOfCode[place]) return false;
		differences++;
	}
	return differences <= MAX_DIFFERENCES && differences < a.words.length;
}

function shapeOf({ key }: ErrorSignature, words: readonly CodeWord[]): MessageShape {
	return { key, words: words.map(({ shape }) => shape), isOfCode: words.map(({ isOfCode }) => isOfCode) };
}

interface CodeWord extends MessageWord {
	readonly isOfCode: boolean;
}

/** The words of a message; what together is one piece of the code, as `[1, 2]`, is one word. The text of one that the code has is without the marks around it. */
function codeWords({ words }: ErrorSignature, tree: CodeTree): CodeWord[] {
	const pieces = piecesOf(tree);
	const result: CodeWord[] = [];
	for (let start = 0; start < words.length; ) {
		let end = Math.min(words.length, start + MAX_RUN);
		let found: string | null = null;
		for (; end > start && found === null; end--) {
			const text = words
				.slice(start, end)
				.map((word) => word.text)
				.join(' ');
			found = [text, text.replace(/[.,:;]$/, ''), ...(end === start + 1 ? [bare(text)] : [])].find((piece) => pieces.has(piece.replace(/\s+/g, ''))) ?? null;
		}
		const run = words.slice(start, found === null ? start + 1 : end + 1);
		const shape = run.map((word) => word.shape).join(' ');
		result.push({ shape, text: found ?? run[0]?.text ?? '', captures: run.flatMap(({ captures }) => captures), isOfCode: found !== null });
		start += run.length;
	}
	return result;
}

const MAX_RUN = 8;
const LONGEST_PIECE = 100;
const piecesOfTree = new WeakMap<CodeTree, ReadonlySet<string>>();

/** Texts of named nodes without white space. */
function piecesOf(tree: CodeTree): ReadonlySet<string> {
	let pieces = piecesOfTree.get(tree);
	if (!pieces) {
		const named = tree.nodes.filter(({ isNamed, parent, start, end }) => isNamed && parent && end - start <= LONGEST_PIECE);
		pieces = new Set(named.map(({ start, end }) => tree.text.slice(start, end).replace(/\s+/g, '')).filter((text) => /[\p{L}\p{N}_$]/u.test(text)));
		piecesOfTree.set(tree, pieces);
	}
	return pieces;
}

function bare(word: string): string {
	return word.replace(/^[^\p{L}\p{N}_$]+|[^\p{L}\p{N}_$]+$/gu, '');
}
