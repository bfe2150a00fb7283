import * as vscode from 'vscode';

/** Writes a text where the user says. False: they did not. */
export async function saveText(name: string, text: string): Promise<boolean> {
	return saveBytes(name, new TextEncoder().encode(text));
}

/** Writes bytes where the user says. False: they did not. */
export async function saveBytes(name: string, bytes: Uint8Array): Promise<boolean> {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	const uri = await vscode.window.showSaveDialog(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {});
	if (!uri) return false;
	await vscode.workspace.fs.writeFile(uri, bytes);
	void vscode.window.showInformationMessage(vscode.l10n.t('Written to {0}.', uri.fsPath));
	return true;
}
