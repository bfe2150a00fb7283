import type { CodeTree } from '#core/syntax/codeTree';
import type { Diagnostic } from './errorSignature.ts';
import type { RuleFixes } from './fixBook.ts';
import { signWith } from './messageShapes.ts';
import { groupDiagnostics, proposeWith } from './proposeFixes.ts';
import { applyEdits } from './textHunks.ts';

/** Counts a miss for each template that makes of a text what failed, so that it is not offered again; one less where it did not fail after all. Nothing of the text is kept. */
export function blameTemplates(
	fixes: RuleFixes,
	tree: CodeTree,
	diagnostic: Diagnostic,
	failed: string,
	options: { readonly misses: number; readonly isOver: () => boolean },
): RuleFixes {
	const [group] = groupDiagnostics([diagnostic], signWith(fixes.messages, tree));
	if (!group) return fixes;
	const templates = fixes.templates.map((tested) => {
		const proposal = proposeWith(tested.template, tree, group, options);
		return proposal && applyEdits(tree.text, proposal.edits) === failed ? { ...tested, misses: Math.max(0, tested.misses + options.misses) } : tested;
	});
	return { ...fixes, templates };
}
