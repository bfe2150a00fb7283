/** The source of what the editor's agent reports or does: an agent's word, not the user's. */
export const EDITOR_AGENT = 'agent:vscode';
