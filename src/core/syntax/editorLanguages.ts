/** The editor's ids of languages whose grammar has another name. */
const GRAMMARS: Readonly<Record<string, string>> = { typescriptreact: 'tsx', javascriptreact: 'javascript', shellscript: 'bash' };

/** The id of the grammar for an editor's language; its own id where nothing else is known. */
export function grammarOf(editorLanguage: string): string {
	return GRAMMARS[editorLanguage] ?? editorLanguage;
}
