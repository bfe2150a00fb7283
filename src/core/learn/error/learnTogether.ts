import type { ClockPort } from '#core/ports';
import { readCodeTree } from '#core/syntax/codeTree';
import type { SyntaxParser } from '#core/syntax/syntaxParser';
import { signatureOf } from './errorSignature.ts';
import { learnRule, type RuleFixes } from './fixBook.ts';
import { type LearnedFix, readExample } from './learnedFix.ts';
import type { ReadExample } from './learnTemplates.ts';
import type { MessageShape } from './messageShapes.ts';

/** Learning takes no longer. */
export const LEARN_MS = 2_000;

/** Learns a whole rule anew: its messages differ in words, not in what is done about them, and a failure under one tells about the others. */
export async function learnTogether(
	parser: SyntaxParser,
	clock: Pick<ClockPort, 'nowMs'>,
	learned: readonly Pick<LearnedFix, 'examples' | 'failures'>[],
	messages: readonly MessageShape[],
): Promise<RuleFixes> {
	const read: ReadExample[] = [];
	for (const { examples, failures } of learned) {
		for (const example of examples) {
			const one = await readExample(parser, example);
			if (one && one.edits.length > 0) read.push(one);
		}
		for (const { diagnostic, before, failed } of failures) {
			const tree = await readCodeTree(parser, before, diagnostic.languageId);
			if (tree) read.push({ before: tree, edits: [{ diagnostic, signature: signatureOf(diagnostic), hunks: [] }], failed: [failed] });
		}
	}
	const endMs = clock.nowMs() + LEARN_MS;
	return learnRule(read, { isOver: () => clock.nowMs() > endMs, messages });
}
