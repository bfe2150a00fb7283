import type { CodeTree } from '#core/syntax/codeTree';
import { type Diagnostic, type ErrorSignature, signatureOf } from './errorSignature.ts';

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
		const own = shapeOf(signatureOf(diagnostic), tree);
		const index = shapes.findIndex((shape) => isSame(shape, own));
		const like = shapes[index];
		if (!like) shapes.push(own);
		// A word that is the same in a message whose code does not have it belongs to the message.
		else shapes[index] = { ...like, isOfCode: like.isOfCode.map((isOfCode, place) => isOfCode && (own.isOfCode[place] ?? false)) };
	}
	return shapes;
}

/** Signs with the first shape that fits; words of the code become captures, after those that the message marks itself. */
export function signWith(shapes: readonly MessageShape[], tree: CodeTree): SignDiagnostic {
	return (diagnostic) => {
		const signature = signatureOf(diagnostic);
		const own = shapeOf(signature, tree);
		const shape = shapes.find(({ key }) => key === own.key) ?? shapes.find((known) => isSame(known, own));
		if (!shape) return signature;
		const said = own.words.filter((_, place) => shape.isOfCode[place]).map(bare);
		return { ...signature, key: shape.key, captures: [...signature.captures, ...said] };
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

function shapeOf({ key, shape }: ErrorSignature, tree: CodeTree): MessageShape {
	const words = shape.split(' ');
	const known = wordsOf(tree);
	return { key, words, isOfCode: words.map((word) => known.has(bare(word))) };
}

const wordsOfTree = new WeakMap<CodeTree, ReadonlySet<string>>();

function wordsOf(tree: CodeTree): ReadonlySet<string> {
	let words = wordsOfTree.get(tree);
	if (!words) {
		words = new Set(
			tree.leaves
				.filter(({ isNamed }) => isNamed)
				.map(({ start, end }) => tree.text.slice(start, end))
				.filter((text) => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text)),
		);
		wordsOfTree.set(tree, words);
	}
	return words;
}

function bare(word: string): string {
	return word.replace(/^[^\p{L}\p{N}_$]+|[^\p{L}\p{N}_$]+$/gu, '');
}
