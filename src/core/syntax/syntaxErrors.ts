import type { SyntaxParser, Tree } from './syntaxParser.ts';

/**
 * How many places of the text the language's grammar could not make sense of, missing tokens among them. Null where there is no grammar, or it gave
 * up. Some are the grammar's own gaps: comparable between two versions of one file only.
 */
export async function countSyntaxErrors(parser: SyntaxParser, text: string, languageId: string): Promise<number | null> {
	const parsed = await parser.parse(text, await parser.grammar(languageId), countErrors);
	return 'value' in parsed ? parsed.value : null;
}

/** Goes only where an error is. */
function countErrors({ rootNode }: Tree): number {
	let count = 0;
	const open = [rootNode];
	for (let node = open.pop(); node; node = open.pop()) {
		if (node.isError || node.isMissing) count++;
		for (const child of node.children) if (child?.hasError || child?.isError || child?.isMissing) open.push(child);
	}
	return count;
}
