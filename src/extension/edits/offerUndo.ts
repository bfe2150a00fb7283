import * as vscode from 'vscode';
import type { DiagnosticChange } from '../outcomes/diagnosticChange.ts';
import { type AppliedChange, nameOf } from './proposedEdit.ts';

/** Says that a fix brought new problems, and undoes it where the user wants that. */
export async function offerUndo({ problem, files }: AppliedChange, { appeared }: Pick<DiagnosticChange, 'appeared'>): Promise<void> {
	const { t } = vscode.l10n;
	const documents = files.map(({ document }) => document);
	const [first] = documents;
	if (!first) return;
	const versions = documents.map(({ version }) => version);
	const undo = t('Undo');
	const message = t('The fix of {0} brought a new problem: {1}', nameOf(problem?.uri ?? first.uri), appeared[0]?.message ?? '');
	if ((await vscode.window.showWarningMessage(message, undo)) !== undo) return;
	const changed = documents.filter((document, index) => document.isClosed || document.version !== versions[index]);
	if (changed.length > 0) {
		void vscode.window.showInformationMessage(t('{0} was changed since: undo it there step by step.', changed.map(({ uri }) => nameOf(uri)).join(', ')));
		return;
	}
	await vscode.window.showTextDocument(first, { preview: false });
	// The command undoes what has the focus, and a message may have kept it.
	await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
	await vscode.commands.executeCommand('undo');
}
