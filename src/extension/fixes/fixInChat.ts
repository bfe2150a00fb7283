import * as vscode from 'vscode';
import type { FixProposal } from '#protocol/messages';
import { modelOf } from '../chat/chatRequest.ts';
import { escapeMarkdown } from '../markdown.ts';
import { explainNoFix } from './explainNoFix.ts';
import { severeDiagnostics } from './fixActions.ts';
import type { Fixer } from './fixer.ts';

/** Whether the editor reports anything in the active file that `/fix` could mean. */
export function hasProblems(): boolean {
	const uri = vscode.window.activeTextEditor?.document.uri;
	return uri?.scheme === 'file' && severeDiagnostics(uri).length > 0;
}

/** `/fix`: what the editor reports in the selection, else in the whole active file. Shows the change beside the chat. */
export async function fixInChat(
	fixer: Fixer,
	request: vscode.ChatRequest,
	stream: vscode.ChatResponseStream,
	token: vscode.CancellationToken,
): Promise<vscode.ChatResult> {
	const { t } = vscode.l10n;
	const editor = vscode.window.activeTextEditor;
	const all = editor?.document.uri.scheme === 'file' ? severeDiagnostics(editor.document.uri) : [];
	const selected = editor && !editor.selection.isEmpty ? all.filter(({ range }) => range.intersection(editor.selection) !== undefined) : [];
	const diagnostics = selected.length > 0 ? selected : all;
	if (!editor || diagnostics.length === 0) {
		stream.markdown(t('The editor reports no problem in an open file.'));
		return {};
	}
	const { uri } = editor.document;
	stream.progress(t('Looking for a fix in {0}', vscode.workspace.asRelativePath(uri)));
	const proposal = await fixer.propose({ uri, diagnostics }, token, modelOf(request.model).model);
	if (proposal.status === 'refused') {
		stream.markdown(escapeMarkdown(explainNoFix(proposal)));
		return {};
	}
	const isShown = await fixer.show({ uri, diagnostics }, proposal);
	const said = proposal.explanation === '' ? '' : `${escapeMarkdown(proposal.explanation)}\n\n`;
	const left = proposal.sentTo.length > 0 ? t('sent to {0}', proposal.sentTo.join(', ')) : t('nothing left this machine');
	stream.markdown(
		`${said}${isShown ? shownWhere(proposal) : t('The change does not fit any more. Nothing was changed.')}\n\n---\n\n${escapeMarkdown(`${proposal.model} · ${left}`)}`,
	);
	return { metadata: { interactionId: proposal.interactionId, hasContext: false } };
}

/** Which files the change is of, and where to decide about it. */
function shownWhere({ files }: Extract<FixProposal, { status: 'proposed' }>): string {
	const { t } = vscode.l10n;
	if (files.length === 1) return t('The change is shown in the editor: apply it or discard it there.');
	const names = files.map(({ path }) => `\`${vscode.workspace.asRelativePath(path)}\``).join(', ');
	return t('The changes of {0} files are shown together in the editor: {1}. Apply them all or discard them there.', files.length, names);
}
