import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { LineEdit } from './codeLines.ts';
import type { Placement } from './placeBlock.ts';

/** A change that the user is to look at and to apply as one. */
export interface ProposedChange {
	readonly interactionId: string;
	/** What it is to clear; null where it is not for the sake of diagnostics. */
	readonly problem: Problem | null;
	/** At least one. */
	readonly files: readonly ProposedEdit[];
}

/** Diagnostics of one file. */
export interface Problem {
	readonly uri: vscode.Uri;
	readonly diagnostics: readonly vscode.Diagnostic[];
}

/** What a change does to one file. */
export interface ProposedEdit {
	readonly uri: vscode.Uri;
	/** Where it belongs in the text as it is at that moment. */
	readonly place: (text: string) => Placement;
}

/** A change that the user agreed to and that is in its files now. */
export interface AppliedChange extends Omit<ProposedChange, 'files'> {
	/** At least one. */
	readonly files: readonly AppliedEdit[];
}

/** What was done to one file. */
export interface AppliedEdit {
	readonly document: vscode.TextDocument;
	readonly before: string;
	readonly edits: readonly LineEdit[];
}

/** Who is told of changes: of each before its files change, and after. */
export interface ChangeListeners {
	readonly willApply: (files: readonly vscode.Uri[], problem: Problem | null) => void;
	readonly onApplied: (applied: AppliedChange) => void;
}

/** An edit of lines in VS Code's ranges. */
export function toTextEdit(document: vscode.TextDocument, { startLine, endLine, lines }: LineEdit): vscode.TextEdit {
	if (endLine < document.lineCount) return vscode.TextEdit.replace(new vscode.Range(startLine, 0, endLine, 0), lines.map((line) => `${line}\n`).join(''));
	const end = document.lineAt(document.lineCount - 1).range.end;
	if (startLine === 0) return vscode.TextEdit.replace(new vscode.Range(0, 0, end.line, end.character), lines.join('\n'));
	const start = document.lineAt(startLine - 1).range.end;
	return vscode.TextEdit.replace(new vscode.Range(start, end), lines.map((line) => `\n${line}`).join(''));
}

/** The document, if its file can be changed; null, and said why, where it was deleted or moved meanwhile or is read-only. */
export async function openToChange(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
	const { t } = vscode.l10n;
	const state = await fileState(uri);
	if (state === 'read-only') {
		void vscode.window.showWarningMessage(t('{0} is read-only, so nothing can be applied to it.', nameOf(uri)));
		return null;
	}
	// The editor may have it still.
	const document = state === 'gone' ? null : await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => null);
	if (!document) void vscode.window.showWarningMessage(t('{0} cannot be opened any more, so nothing was changed.', nameOf(uri)));
	return document;
}

/** A file as the user knows it. */
export function nameOf(uri: vscode.Uri): string {
	return vscode.workspace.asRelativePath(uri);
}

async function fileState(uri: vscode.Uri): Promise<'writable' | 'read-only' | 'gone'> {
	if (uri.scheme === 'untitled') return 'writable';
	if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false) return 'read-only';
	if (uri.scheme !== 'file') return 'writable';
	// The editor does not tell extensions of permissions on the disk.
	return stat(uri.fsPath).then(
		({ mode }) => ((mode & 0o222) === 0 ? 'read-only' : 'writable'),
		() => 'gone',
	);
}
