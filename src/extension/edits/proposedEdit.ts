import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { LineEdit } from './codeLines.ts';
import type { Placement } from './placeBlock.ts';

/** A change of one file that the user is to look at. */
export interface ProposedEdit {
	readonly interactionId: string;
	readonly uri: vscode.Uri;
	/** Where it belongs in the text as it is at that moment. */
	readonly place: (text: string) => Placement;
	/** What it is to clear; empty where it is not for the sake of diagnostics. */
	readonly diagnostics: readonly vscode.Diagnostic[];
}

/** An edit of lines in VS Code's ranges. */
export function toTextEdit(document: vscode.TextDocument, { startLine, endLine, lines }: LineEdit): vscode.TextEdit {
	if (endLine < document.lineCount) return vscode.TextEdit.replace(new vscode.Range(startLine, 0, endLine, 0), lines.map((line) => `${line}\n`).join(''));
	const end = document.lineAt(document.lineCount - 1).range.end;
	if (startLine === 0) return vscode.TextEdit.replace(new vscode.Range(0, 0, end.line, end.character), lines.join('\n'));
	const start = document.lineAt(startLine - 1).range.end;
	return vscode.TextEdit.replace(new vscode.Range(start, end), lines.map((line) => `\n${line}`).join(''));
}

/** Null, and said, where the file was deleted or moved meanwhile. */
export async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
	try {
		return await vscode.workspace.openTextDocument(uri);
	} catch {
		void vscode.window.showWarningMessage(vscode.l10n.t('{0} cannot be opened any more, so nothing was changed.', vscode.workspace.asRelativePath(uri)));
		return null;
	}
}

/** Whether a file cannot be written. */
export async function isReadOnly(uri: vscode.Uri): Promise<boolean> {
	if (uri.scheme === 'untitled') return false;
	if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false) return true;
	if (uri.scheme !== 'file') return false;
	// The editor does not tell extensions of permissions on the disk.
	return stat(uri.fsPath).then(
		({ mode }) => (mode & 0o222) === 0,
		() => false,
	);
}
