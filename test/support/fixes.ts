import type { Diagnostic } from '#core/learn/error/errorSignature';
import { type FixBook, learnRule } from '#core/learn/error/fixBook';
import { fixFile } from '#core/learn/error/fixFile';
import { readExample } from '#core/learn/error/learnedFix';
import { readCodeTree } from '#core/syntax/codeTree';
import { SyntaxParser } from '#core/syntax/syntaxParser';
import { readSourceAsset } from './chunkTools.ts';

/** Over the real grammars. */
export function fixParser(): SyntaxParser {
	return new SyntaxParser(readSourceAsset, { nowMs: () => 0, timeoutMs: 1_000 });
}

/** Code with the place of the diagnostic marked by `¦`, the message, and the code after the fix. */
export interface MarkedExample {
	readonly code: string;
	readonly message: string;
	readonly fixed: string;
}

/** The code without its mark, and the diagnostic at it. */
export function markedDiagnostic(code: string, message: string, languageId: string): { readonly text: string; readonly diagnostic: Diagnostic } {
	const offset = code.indexOf('¦');
	const place = offset < 0 ? {} : { offset };
	return { text: code.replace('¦', ''), diagnostic: { message, source: 'checker', code: 'rule', languageId, ...place } };
}

/** Learns the examples and fixes one more; null when nothing is offered. */
export async function learnAndFix(
	parser: SyntaxParser,
	languageId: string,
	examples: readonly MarkedExample[],
	next: Omit<MarkedExample, 'fixed'>,
): Promise<string | null> {
	const read = [];
	for (const { code, message, fixed } of examples) {
		const { text, diagnostic } = markedDiagnostic(code, message, languageId);
		const example = await readExample(parser, { diagnostics: [diagnostic], before: text, after: fixed });
		if (example) read.push(example);
	}
	const never = { isOver: () => false };
	const book: FixBook = new Map([[`checker:rule:${languageId}`, learnRule(read, never)]]);
	const { text, diagnostic } = markedDiagnostic(next.code, next.message, languageId);
	const tree = await readCodeTree(parser, text, languageId);
	return tree && ((await fixFile(parser, book, tree, [diagnostic], never))?.text ?? null);
}
