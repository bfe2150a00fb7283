import { type CodeNode, type CodeTree, leafAfter } from '#core/syntax/codeTree';
import type { ChainFold } from './chainFold.ts';
import { matchChains } from './chainTemplate.ts';
import type { Diagnostic } from './errorSignature.ts';
import type { FixTemplate } from './fixTemplate.ts';
import { type PlaceFeatures, placeFeatures } from './placeFeatures.ts';
import { renderPieces } from './replacement.ts';
import type { TextEdit } from './textHunks.ts';
import { type Address, resolveBoundary } from './treeAddress.ts';

/** A place where a template would edit. */
export interface TemplateMatch {
	readonly edits: readonly TextEdit[];
	/** Features of the surroundings with a value that no example had. */
	readonly surprises: number;
	/** False: the alternatives that all examples agree with disagree here. */
	readonly isCertain: boolean;
	readonly features: PlaceFeatures;
}

const MAX_CANDIDATES = 4_000;
const FAR = 6;

/** Places for one diagnostic, or, where it says no place, for all of its kind, the least surprising first. Equal edits count once. */
export function matchTemplate(
	template: FixTemplate,
	tree: CodeTree,
	diagnostic: Diagnostic,
	captures: readonly string[],
	options: { readonly isOver: () => boolean },
): TemplateMatch[] {
	if (template.chain) return matchChain(template, template.chain, tree, diagnostic, captures);
	const matches = new Map<string, TemplateMatch>();
	let tried = 0;
	for (const anchor of candidates(template, tree, diagnostic)) {
		if (tried++ > MAX_CANDIDATES || (tried % 64 === 0 && options.isOver())) break;
		const match = matchAt(template, tree, anchor, diagnostic, captures);
		if (!match) continue;
		const key = JSON.stringify(match.edits);
		const known = matches.get(key);
		if (!known || known.surprises > match.surprises) matches.set(key, match);
	}
	return [...matches.values()].sort((a, b) => a.surprises - b.surprises);
}

function matchChain(template: FixTemplate, fold: ChainFold, tree: CodeTree, diagnostic: Diagnostic, captures: readonly string[]): TemplateMatch[] {
	const matches = matchChains(fold, tree, diagnostic, captures).flatMap(({ edit, isCertain, features }) => {
		const surprises = surprisesOf(template, features);
		return surprises === null ? [] : [{ edits: [edit], surprises, isCertain, features }];
	});
	return matches.sort((a, b) => a.surprises - b.surprises);
}

function* candidates(template: FixTemplate, tree: CodeTree, { offset }: Diagnostic): Iterable<CodeNode> {
	if (offset === undefined) {
		// Without a place the whole file is looked at: only at what has a kind that was seen.
		const kinds = template.seen['~kind'] ?? {};
		for (const node of tree.nodes) if (node.parent && (node.kind in kinds || isOpen(kinds))) yield node;
		return;
	}
	const at = leafAfter(tree, offset);
	const seen = new Set<CodeNode>();
	for (let index = Math.max(0, at - FAR); index <= at + FAR; index++) {
		for (let node: CodeNode | null = tree.leaves[index] ?? null; node && !seen.has(node); node = node.parent) {
			seen.add(node);
			if (node.parent) yield node;
		}
	}
}

function matchAt(template: FixTemplate, tree: CodeTree, anchor: CodeNode, diagnostic: Diagnostic, captures: readonly string[]): TemplateMatch | null {
	const edits: TextEdit[] = [];
	let isCertain = true;
	for (const { from, to, pieces } of template.hunks) {
		const start = agree(tree, anchor, from);
		const end = agree(tree, anchor, to);
		if (!start || !end || start.offset > end.offset) return null;
		const rendered = renderPieces(tree, anchor, pieces, { captures, cut: tree.text.slice(start.offset, end.offset) });
		if (!rendered) return null;
		isCertain &&= start.isCertain && end.isCertain && rendered.isCertain;
		edits.push({ start: start.offset, end: end.offset, text: rendered.text });
	}
	if (edits.some(({ start }, index) => index > 0 && start < (edits[index - 1]?.end ?? 0))) return null;
	if (edits.every(({ start, end, text }) => tree.text.slice(start, end) === text)) return null;
	const features = placeFeatures(tree, anchor, edits, diagnostic, captures);
	const surprises = surprisesOf(template, features);
	return surprises === null ? null : { edits, surprises, isCertain, features };
}

/** The boundary that the most meaningful address names, and whether the others name it too. */
function agree(tree: CodeTree, anchor: CodeNode, addresses: readonly Address[]): { readonly offset: number; readonly isCertain: boolean } | null {
	let offset: number | null = null;
	let isCertain = true;
	for (const address of addresses) {
		const resolved = resolveBoundary(tree, anchor, address);
		if (resolved === null) continue;
		offset ??= resolved;
		if (resolved === offset) continue;
		isCertain = false;
		break;
	}
	return offset === null ? null : { offset, isCertain };
}

/** Null: something that must hold does not. */
function surprisesOf(template: FixTemplate, features: PlaceFeatures): number | null {
	let surprises = 0;
	if (Object.entries(template.requires ?? {}).some(([name, values]) => !values.includes(features[name] ?? ''))) return null;
	for (const [name, value] of Object.entries(features)) {
		const seen = template.seen[name];
		if (!seen) continue;
		if (name.startsWith('@')) {
			const values = Object.keys(seen);
			const isTelling = values.length === 1 && values[0] !== 'false' && values[0] !== '';
			if (isTelling && !(value in seen)) return null;
		} else if (!(value in seen) && !isOpen(seen)) {
			if (name.startsWith('!said') && ('' in seen || usesCapture(template, name.slice('!said'.length)))) continue;
			if (name.startsWith('!')) return null;
			surprises++;
		}
	}
	return surprises;
}

/** What is put into the code is a hole of the message. */
function usesCapture({ hunks }: FixTemplate, index: string): boolean {
	return hunks.some(({ pieces }) => pieces.some(({ captures }) => captures.includes(Number(index))));
}

/** Examples that differ say that it does not matter: at least two values, half of the examples with one of their own. */
function isOpen(seen: Readonly<Record<string, number>>): boolean {
	const counts = Object.values(seen);
	const total = counts.reduce((sum, count) => sum + count, 0);
	return counts.length >= 2 && counts.filter((count) => count === 1).length * 2 >= total;
}
