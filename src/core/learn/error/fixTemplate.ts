import type { CodeNode, CodeTree } from '#core/syntax/codeTree';
import { type ChainFold, joinFolds } from './chainFold.ts';
import { chainsMade } from './chainTemplate.ts';
import type { ErrorEdit } from './fixExample.ts';
import { type Anchor, anchorsOf } from './fixExample.ts';
import { smallestHolding } from './keepsStructure.ts';
import { type PlaceFeatures, placeFeatures } from './placeFeatures.ts';
import { casesOf, type ReplacementPiece, replacementPieces } from './replacement.ts';
import { applyEdits, type TextEdit } from './textHunks.ts';
import { type Address, boundaryAddresses } from './treeAddress.ts';

/** One edit as seen from the anchor. Every list holds the alternatives that all examples agree with, the most meaningful first. */
export interface TemplateHunk {
	readonly from: readonly Address[];
	readonly to: readonly Address[];
	readonly pieces: readonly ReplacementPiece[];
}

/** How a kind of error was fixed, general enough for other places: holes are addresses, context is what was seen at every example. Plain data. */
export interface FixTemplate {
	/** The error signature's key. */
	readonly signature: string;
	/** Role of the anchor and form of the edit; only templates of the same shape are generalised. */
	readonly shape: string;
	readonly hunks: readonly TemplateHunk[];
	/** Instead of hunks: how a chain of any length is made one. */
	readonly chain?: ChainFold;
	/** For each feature the values seen, with their counts. */
	readonly seen: Readonly<Record<string, Readonly<Record<string, number>>>>;
	/** Number of examples that it was made of. */
	readonly support: number;
	/** Features that tell its examples from others where it would be wrong, with the values that they must have. */
	readonly requires?: Readonly<Record<string, readonly string[]>>;
}

/** A template with what it does on the examples that its error has: `hits` exact, `misses` something else, of `tests`; in the others it finds no place. */
export interface TestedTemplate {
	readonly template: FixTemplate;
	readonly hits: number;
	readonly misses: number;
	readonly tests: number;
}

/** All templates of a single example: one for each anchor and form of the edit. */
export function templatesOf(tree: CodeTree, { diagnostic, signature, hunks }: ErrorEdit): FixTemplate[] {
	const once = (features: PlaceFeatures) => Object.fromEntries(Object.entries(features).map(([name, value]) => [name, { [value]: 1 }]));
	const chains = chainsMade(tree, { diagnostic, signature, hunks });
	const templates = chains.map(
		({ fold, features }): FixTemplate => ({ signature: signature.key, shape: 'chain folded', hunks: [], chain: fold, seen: once(features), support: 1 }),
	);
	const forms = editForms(tree, hunks, diagnostic.offset, signature.captures);
	// Letters whose case changes are no text to put in elsewhere.
	const isRecased = forms.some(({ edits }) => edits.every(({ start, end, text }) => casesOf(tree.text.slice(start, end), text).length > 0));
	for (const { form, edits, anchors } of forms) {
		for (const { role, node } of anchors) {
			for (const canCopy of form === 'said' ? [false] : [true, false]) {
				const template = templateAt(tree, node, edits, { canCopy, captures: signature.captures });
				if (!template || (!canCopy && template.every(({ pieces }) => pieces.every(({ literal }) => literal === '')))) continue;
				if (!canCopy && edits.every(({ text }) => !/[\p{L}\p{N}]/u.test(text))) continue;
				if (isRecased && template.some(({ pieces }) => pieces.every(isLiteral))) continue;
				const features = placeFeatures(tree, node, edits, diagnostic, signature.captures);
				templates.push({
					signature: signature.key,
					shape: `${role} ${form}${canCopy ? '' : ' literal'} ${template.map(({ pieces }) => pieces.length).join(',')}`,
					hunks: template,
					seen: Object.fromEntries(Object.entries(features).flatMap(([name, value]) => (form !== 'said' || name.startsWith('@') ? [[name, { [value]: 1 }]] : []))),
					support: 1,
				});
			}
		}
	}
	return templates;
}

function isLiteral({ copies, captures, cases }: ReplacementPiece): boolean {
	return copies.length === 0 && captures.length === 0 && cases === undefined;
}

/** Role of the anchor that the template sees the edit from. */
export function roleOf({ shape }: FixTemplate): string {
	return shape.slice(0, shape.indexOf(' '));
}

/** What both templates agree with; null when there is nothing left that would make all their examples. */
export function generalise(a: FixTemplate, b: FixTemplate): FixTemplate | null {
	if (a.shape !== b.shape || a.signature !== b.signature || a.hunks.length !== b.hunks.length) return null;
	const chain = a.chain && b.chain ? joinFolds(a.chain, b.chain) : undefined;
	if (chain === null) return null;
	const hunks: TemplateHunk[] = [];
	for (const [index, one] of a.hunks.entries()) {
		const other = b.hunks[index];
		if (!other || one.pieces.length !== other.pieces.length) return null;
		const from = common(one.from, other.from);
		const to = common(one.to, other.to);
		if (from.length === 0 || to.length === 0) return null;
		const pieces: ReplacementPiece[] = [];
		for (const [place, piece] of one.pieces.entries()) {
			const match = other.pieces[place];
			if (!match) return null;
			const copies = common(piece.copies, match.copies);
			const captures = common(piece.captures, match.captures);
			const literal = piece.literal === match.literal ? piece.literal : null;
			const cases = common(piece.cases ?? [], match.cases ?? []);
			if (literal === null && copies.length === 0 && captures.length === 0 && cases.length === 0) return null;
			pieces.push({ literal, copies, captures, ...(cases.length > 0 ? { cases } : {}) });
		}
		hunks.push({ from, to, pieces });
	}
	const seen: Record<string, Record<string, number>> = {};
	for (const name of new Set([...Object.keys(a.seen), ...Object.keys(b.seen)])) {
		const counts: Record<string, number> = { ...a.seen[name] };
		for (const [value, count] of Object.entries(b.seen[name] ?? {})) counts[value] = (counts[value] ?? 0) + count;
		seen[name] = counts;
	}
	return { signature: a.signature, shape: a.shape, hunks, ...(chain ? { chain } : {}), seen, support: a.support + b.support };
}

interface EditForm {
	/** Whole tokens and gaps; only the characters that change; or a node that the message names replaced by what it names for it. */
	readonly form: 'whole' | 'trimmed' | 'said';
	readonly edits: readonly TextEdit[];
	readonly anchors: readonly Anchor[];
}

function editForms(tree: CodeTree, hunks: readonly TextEdit[], offset: number | undefined, captures: readonly string[]): EditForm[] {
	const anchors = anchorsOf(tree, hunks, offset);
	const forms: EditForm[] = [{ form: 'whole', edits: hunks, anchors }];
	const trimmed = hunks.map((hunk) => trimEdit(tree.text, hunk));
	const isSame = trimmed.every((edit, index) => edit.start === hunks[index]?.start && edit.end === hunks[index]?.end);
	if (!isSame) forms.push({ form: 'trimmed', edits: trimmed, anchors: anchorsOf(tree, trimmed, offset) });
	const said = saidEdit(tree, hunks, captures);
	if (said)
		forms.push({ form: 'said', edits: [said], anchors: anchorsOf(tree, [said], offset).filter(({ node }) => node.start === said.start && node.end === said.end) });
	return forms;
}

/** The edits as the replacement of one node, where the message says both: `Use 'T[]' instead of 'Array<T>'`. */
function saidEdit(tree: CodeTree, hunks: readonly TextEdit[], captures: readonly string[]): TextEdit | null {
	const start = Math.min(...hunks.map((hunk) => hunk.start));
	const end = Math.max(...hunks.map((hunk) => hunk.end));
	for (let node = smallestHolding(tree, start, end); node.parent; node = node.parent) {
		const before = tree.text.slice(node.start, node.end);
		const text = applyEdits(
			before,
			hunks.map((hunk) => ({ start: hunk.start - node.start, end: hunk.end - node.start, text: hunk.text })),
		);
		if (captures.includes(before) && captures.includes(text)) return { start: node.start, end: node.end, text };
	}
	return null;
}

function trimEdit(text: string, { start, end, text: insert }: TextEdit): TextEdit {
	const cut = text.slice(start, end);
	let tail = 0;
	while (tail < cut.length && tail < insert.length && cut.at(-1 - tail) === insert.at(-1 - tail)) tail++;
	let head = 0;
	while (head < cut.length - tail && head < insert.length - tail && cut[head] === insert[head]) head++;
	return { start: start + head, end: end - tail, text: insert.slice(head, insert.length - tail) };
}

function templateAt(
	tree: CodeTree,
	anchor: CodeNode,
	edits: readonly TextEdit[],
	options: { readonly canCopy: boolean; readonly captures: readonly string[] },
): TemplateHunk[] | null {
	const hunks: TemplateHunk[] = [];
	for (const { start, end, text } of edits) {
		const from = boundaryAddresses(tree, anchor, start);
		const to = boundaryAddresses(tree, anchor, end);
		if (from.length === 0 || to.length === 0) return null;
		hunks.push({ from, to, pieces: replacementPieces(tree, anchor, edits, { cut: tree.text.slice(start, end), text }, options) });
	}
	return hunks;
}

function common<T>(a: readonly T[], b: readonly T[]): T[] {
	const known = new Set(b);
	return a.filter((value) => known.has(value));
}
