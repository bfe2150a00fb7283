import * as vscode from 'vscode';
import type { DiagnosticChange } from '../outcomes/diagnosticChange.ts';
import type { AppliedEdit } from './editPreviews.ts';

/** Says that a fix brought new problems, and undoes it where the user wants that. */
export async function offerUndo({ document }: Pick<AppliedEdit, 'document'>, { appeared }: Pick<DiagnosticChange, 'appeared'>): Promise<void> {
	const file = vscode.workspace.asRelativePath(document.uri);
	const version = document.version;
	const undo = vscode.l10n.t('Undo');
	const message = vscode.l10n.t('The fix of {0} brought a new problem: {1}', file, appeared[0]?.message ?? '');
	if ((await vscode.window.showWarningMessage(message, undo)) !== undo) return;
	if (document.isClosed || document.version !== version) {
		void vscode.window.showInformationMessage(vscode.l10n.t('{0} was changed since: undo it there step by step.', file));
		return;
	}
	await vscode.window.showTextDocument(document, { preview: false });
	// The command undoes what has the focus, and a message may have kept it.
	await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
	await vscode.commands.executeCommand('undo');
}
