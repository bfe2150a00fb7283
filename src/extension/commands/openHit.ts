import * as vscode from 'vscode';
import type { Hit } from '#protocol/messages';
import { showFailure } from '../showFailure.ts';
import { folderOf } from '../worktreeFolders.ts';

/** The file of a hit; undefined when its folder was closed since. */
export function hitUri(hit: Pick<Hit, 'workspaceId' | 'filePath'>): vscode.Uri | undefined {
	const folder = folderOf(hit.workspaceId);
	return folder === undefined ? undefined : vscode.Uri.joinPath(vscode.Uri.file(folder), hit.filePath);
}

/** The folder of a hit by name, where several are open and a path alone does not say which. */
export function hitFolder(hit: Pick<Hit, 'workspaceId' | 'filePath'>): string | undefined {
	const uri = (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? hitUri(hit) : undefined;
	return uri && vscode.workspace.getWorkspaceFolder(uri)?.name;
}

/** Shows a hit in an editor, its lines selected. */
export async function openHit(hit: Hit, options: { readonly isPreview: boolean }): Promise<void> {
	const uri = hitUri(hit);
	if (!uri) return;
	const selection = new vscode.Range(hit.startLine - 1, 0, hit.endLine - 1, Number.MAX_SAFE_INTEGER);
	try {
		await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: options.isPreview, selection });
	} catch (error) {
		// A preview of a file that is gone by now shows nothing; opening it says why.
		if (!options.isPreview) showFailure(error);
	}
}
