import { type CodeTree, readCodeTree } from '#core/syntax/codeTree';
import type { SyntaxParser } from '#core/syntax/syntaxParser';
import { type Diagnostic, ruleOf } from './errorSignature.ts';
import type { FixBook } from './fixBook.ts';
import { keepsStructure } from './keepsStructure.ts';
import { signWith } from './messageShapes.ts';
import { type FixProposal, groupDiagnostics, overlap, proposeFix } from './proposeFixes.ts';
import { applyEdits, type TextEdit } from './textHunks.ts';

export interface FileFix {
	readonly text: string;
	readonly edits: readonly TextEdit[];
	/** In the order of the text; those whose edits would overlap an earlier one are left out. */
	readonly proposals: readonly FixProposal[];
	/** Diagnostics that nothing is known for. */
	readonly unfixed: readonly Diagnostic[];
}

/** Fixes what is known in one text. Null when nothing is, or when the result would not parse although the text did. */
export async function fixFile(
	parser: SyntaxParser,
	book: FixBook,
	tree: CodeTree,
	diagnostics: readonly Diagnostic[],
	options: { readonly isOver: () => boolean },
): Promise<FileFix | null> {
	const found: FixProposal[] = [];
	const unfixed: Diagnostic[] = [];
	const sign = (diagnostic: Diagnostic) => signWith(book.get(ruleOf(diagnostic))?.messages ?? [], tree)(diagnostic);
	for (const group of groupDiagnostics(diagnostics, sign)) {
		const rule = book.get(group.signature.rule);
		const strictness = rule?.strictness[group.signature.key];
		const proposal = rule && strictness ? proposeFix(rule.templates, tree, group, strictness, options) : null;
		if (proposal) found.push(proposal);
		else unfixed.push(...group.diagnostics);
	}
	const proposals: FixProposal[] = [];
	let edits: TextEdit[] = [];
	for (const proposal of found.sort((a, b) => (a.edits[0]?.start ?? 0) - (b.edits[0]?.start ?? 0))) {
		const joined = [...edits, ...proposal.edits].sort((a, b) => a.start - b.start || a.end - b.end);
		if (overlap(joined)) continue;
		proposals.push(proposal);
		edits = joined;
	}
	const [first] = diagnostics;
	if (!first || edits.length === 0) return null;
	const text = applyEdits(tree.text, edits);
	if (tree.isParsed && !tree.hasError) {
		const after = await readCodeTree(parser, text, first.languageId);
		if (!after || after.hasError || !proposals.every((proposal) => keepsStructure(tree, after, proposal.edits, edits))) return null;
	}
	return { text, edits, proposals, unfixed };
}
