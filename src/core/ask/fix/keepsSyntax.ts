import { grammarOf } from '#core/syntax/editorLanguages';
import { countSyntaxErrors } from '#core/syntax/syntaxErrors';
import type { SyntaxParser } from '#core/syntax/syntaxParser';

/** Whether a file that is changed parses no worse than before. */
export type SyntaxCheck = (before: string, after: string) => Promise<boolean>;

/**
 * Asks the language's grammar: more errors than before are refused, none are fine. Where there is no grammar, or errors were there and remain, so
 * that their number says little, there must be no more brackets without a partner.
 */
export function syntaxCheck(parser: SyntaxParser, language: string): SyntaxCheck {
	const grammar = grammarOf(language);
	return async (before, after) => {
		const errors = await countSyntaxErrors(parser, after, grammar);
		if (errors === 0) return true;
		const errorsBefore = errors === null ? null : await countSyntaxErrors(parser, before, grammar);
		if (errors !== null && errorsBefore !== null && errors > errorsBefore) return false;
		return keepsBrackets(before, after);
	};
}

const PARTNERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function keepsBrackets(before: string, after: string): boolean {
	return unmatchedBrackets(after) <= unmatchedBrackets(before);
}

/** Brackets without a partner, outside of strings and comments as far as signs tell: comparable between two versions of one file only. */
function unmatchedBrackets(text: string): number {
	const bare = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '');
	const open: string[] = [];
	let unmatched = 0;
	for (const sign of bare.match(/[()[\]{}]/g) ?? []) {
		const partner = PARTNERS[sign];
		if (partner === undefined) open.push(sign);
		else if (open.at(-1) === partner) open.pop();
		else unmatched++;
	}
	return unmatched + open.length;
}
