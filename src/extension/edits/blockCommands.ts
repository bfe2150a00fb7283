import * as vscode from 'vscode';
import { command } from '../commands/command.ts';
import { COMMANDS } from '../ids.ts';
import type { AnswerBlocks, OfferedBlock } from './answerBlocks.ts';
import { indentOf, indentUnit, reindent } from './codeLines.ts';
import type { EditPreviews } from './editPreviews.ts';
import { explainRefusal } from './explainRefusal.ts';
import { findTarget } from './findTarget.ts';
import { placeBlock } from './placeBlock.ts';
import type { ChangeListeners } from './proposedEdit.ts';

/** *Apply* and *Insert at Cursor* under the code of an answer. */
export function registerBlockCommands(blocks: AnswerBlocks, previews: EditPreviews, listeners: ChangeListeners): vscode.Disposable {
	const known = (run: (offered: OfferedBlock) => Promise<void>) => async (interactionId: unknown, number: unknown) => {
		const offered = blocks.get(interactionId, number);
		if (offered) return run(offered);
		void vscode.window.showInformationMessage(vscode.l10n.t('This answer is from before the window was loaded: ask again, or copy the code.'));
	};

	async function insert({ interactionId, block }: OfferedBlock): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		if (!editor) {
			void vscode.window.showInformationMessage(vscode.l10n.t('Open the file that the code belongs into, and put the cursor there.'));
			return;
		}
		const { document, selection } = editor;
		const before = document.getText();
		const lines = block.text.split('\n');
		const line = document.lineAt(selection.start.line).text;
		const isAtIndent = line.slice(0, selection.start.character).trim() === '';
		const fitted = reindent(lines, { from: indentOf(lines[0] ?? ''), to: indentOf(line.slice(0, selection.start.character)), fileUnit: indentUnit(before.split('\n')) });
		const text = (isAtIndent ? fitted : lines).join('\n').trimStart();
		listeners.willApply([document.uri], null);
		if (!(await editor.edit((edit) => edit.replace(selection, text)))) {
			void vscode.window.showWarningMessage(vscode.l10n.t('The editor refused the change of {0}.', vscode.workspace.asRelativePath(document.uri)));
			return;
		}
		const edits = [{ startLine: selection.start.line, endLine: selection.end.line + 1, lines: text.split('\n') }];
		listeners.onApplied({ interactionId, problem: null, files: [{ document, before, edits }] });
	}

	async function apply(offered: OfferedBlock): Promise<void> {
		const { interactionId, block } = offered;
		const target = await findTarget(offered);
		if (target.kind === 'found') {
			await previews.show({ interactionId, problem: null, files: [{ uri: target.uri, place: (text) => placeBlock(text, block.text) }] });
			return;
		}
		const why =
			target.kind === 'refused'
				? explainRefusal(target.reason, vscode.workspace.asRelativePath(target.uri))
				: target.path === null
					? vscode.l10n.t('No open file shows where this code belongs.')
					: vscode.l10n.t('There is no file {0} in this workspace.', target.path);
		const insertAtCursor = vscode.l10n.t('Insert at Cursor');
		void vscode.window.showWarningMessage(why, insertAtCursor).then((chosen) => (chosen === insertAtCursor ? insert(offered) : undefined));
	}

	return vscode.Disposable.from(command(COMMANDS.applyCodeBlock, known(apply)), command(COMMANDS.insertCodeBlock, known(insert)));
}
