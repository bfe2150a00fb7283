import type { CodeTree } from '#core/syntax/codeTree';
import { applyFold, type ChainFold, chainsNear, foldOf } from './chainFold.ts';
import type { Diagnostic } from './errorSignature.ts';
import type { ErrorEdit } from './fixExample.ts';
import type { GrowingChain } from './growingChain.ts';
import { type PlaceFeatures, placeFeatures } from './placeFeatures.ts';
import { applyEdits, type TextEdit } from './textHunks.ts';

/** A chain that a template would make one, and how. */
export interface ChainMatch {
	readonly edit: TextEdit;
	readonly isCertain: boolean;
	readonly features: PlaceFeatures;
}

/** What an edit of fixed length is told by, or where the node around it begins and ends; a chain may have any length, and stand at any place among operands. */
const OF_FIXED_LENGTH = /^(?:!cut|!gap|!known|~cut|~gap\d|~left|~right|~children|~first|~last|@start|@end|@inside)/;

/** The growing chains that an edit makes one, and how. */
export function chainsMade(tree: CodeTree, { diagnostic, signature, hunks }: ErrorEdit): { readonly fold: ChainFold; readonly features: PlaceFeatures }[] {
	const start = Math.min(...hunks.map((hunk) => hunk.start));
	const end = Math.max(...hunks.map((hunk) => hunk.end));
	return chainsNear(tree, start).flatMap((chain) => {
		if (start < chain.start || end > chain.end) return [];
		const inside = hunks.map((hunk) => ({ start: hunk.start - chain.start, end: hunk.end - chain.start, text: hunk.text }));
		const text = applyEdits(tree.text.slice(chain.start, chain.end), inside);
		const fold = foldOf(tree, chain, text);
		if (!fold) return [];
		return [{ fold, features: featuresOf(tree, chain, { start: chain.start, end: chain.end, text }, diagnostic, signature.captures) }];
	});
}

/** The chains that can be made one in this way. */
export function matchChains(fold: ChainFold, tree: CodeTree, diagnostic: Diagnostic, captures: readonly string[]): ChainMatch[] {
	return chainsNear(tree, diagnostic.offset).flatMap((chain) => {
		const made = applyFold(tree, chain, fold);
		if (!made) return [];
		const edit = { start: chain.start, end: chain.end, text: made.text };
		return [{ edit, isCertain: made.isCertain, features: featuresOf(tree, chain, edit, diagnostic, captures) }];
	});
}

function featuresOf(tree: CodeTree, chain: GrowingChain, edit: TextEdit, diagnostic: Diagnostic, captures: readonly string[]): PlaceFeatures {
	const features = Object.entries(placeFeatures(tree, chain.node, [edit], diagnostic, captures)).filter(([name]) => !OF_FIXED_LENGTH.test(name));
	return { ...Object.fromEntries(features), '~last': chain.last.kind };
}
