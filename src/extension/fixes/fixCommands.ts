import * as vscode from 'vscode';
import { command } from '../commands/command.ts';
import { CoordinatorFailure } from '../coordinatorFailure.ts';
import { COMMANDS } from '../ids.ts';
import { explainNoFix } from './explainNoFix.ts';
import { FixActions, type FixTarget, severeDiagnostics } from './fixActions.ts';
import type { Fixer } from './fixer.ts';

/** Quick fixes, and the commands that they run. From the palette: everything in the active file. */
export function registerFixes(fixer: Fixer): vscode.Disposable {
	return vscode.Disposable.from(
		vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, new FixActions(), FixActions.metadata),
		command(COMMANDS.fixDiagnostics, async (given) => {
			const target = targetOf(given);
			if (target) await fix(fixer, target);
		}),
		command(COMMANDS.explainDiagnostics, async (given) => {
			const target = targetOf(given);
			if (target) await explain(target);
		}),
	);
}

/** What a command was given, else what the active editor shows. */
function targetOf(given: unknown): FixTarget | undefined {
	if (typeof given === 'object' && given !== null && 'uri' in given && 'diagnostics' in given) return given as FixTarget;
	const uri = vscode.window.activeTextEditor?.document.uri;
	const diagnostics = uri?.scheme === 'file' ? severeDiagnostics(uri) : [];
	if (uri && diagnostics.length > 0) return { uri, diagnostics };
	void vscode.window.showInformationMessage(vscode.l10n.t('The editor reports no problem in an open file.'));
	return undefined;
}

async function fix(fixer: Fixer, target: FixTarget): Promise<void> {
	const file = vscode.workspace.asRelativePath(target.uri);
	const proposal = await vscode.window.withProgress(
		{ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Looking for a fix in {0}', file), cancellable: true },
		(_, token) =>
			fixer.propose(target, token).catch((error: unknown) => {
				// What a cancelled request rejects with tells nothing.
				if (token.isCancellationRequested || (error instanceof CoordinatorFailure && error.code === 'cancelled')) return null;
				throw error;
			}),
	);
	if (!proposal) return;
	if (proposal.status === 'proposed') {
		await fixer.show(target, proposal);
		return;
	}
	const why = explainNoFix(proposal);
	const findServers = vscode.l10n.t('Find Model Servers');
	if (why === '') return;
	const offers = proposal.reason === 'no-model' ? [findServers] : [];
	void vscode.window
		.showWarningMessage(why, ...offers)
		.then((chosen) => (chosen === findServers ? vscode.commands.executeCommand(COMMANDS.findModelServers) : undefined));
}

/** Asks in the chat, with the lines in question selected, so that they go along. */
async function explain({ uri, diagnostics }: FixTarget): Promise<void> {
	const [first] = diagnostics;
	if (!first) return;
	const document = await vscode.workspace.openTextDocument(uri);
	const end = Math.min(document.lineCount - 1, Math.max(...diagnostics.map(({ range }) => range.end.line)));
	const selection = new vscode.Range(first.range.start.line, 0, end, document.lineAt(end).range.end.character);
	await vscode.window.showTextDocument(document, { selection });
	const messages = diagnostics.map(({ message }) => message.replace(/\s+/g, ' ')).join('; ');
	await vscode.commands.executeCommand('workbench.action.chat.open', { query: `@hybrid /explain ${messages}` });
}
