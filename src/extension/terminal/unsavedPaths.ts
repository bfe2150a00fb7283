import * as vscode from 'vscode';

/** Files that differ between the editor and the disk. */
export function unsavedPaths(): string[] {
	return vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}
