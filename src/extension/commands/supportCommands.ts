import * as vscode from 'vscode';
import type { SentContext } from '../chat/sentContext.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, EXTENSION_ID } from '../ids.ts';
import { openSettings } from '../openSettings.ts';
import { showText } from '../readableDocument.ts';
import { command } from './command.ts';
import { formatSent } from './formatSent.ts';
import { searchContext } from './searchContext.ts';

/** Searching, and what helps to understand what happened. */
export function registerSupportCommands(client: CoordinatorClient, log: vscode.LogOutputChannel, sent: SentContext): vscode.Disposable {
	return vscode.Disposable.from(
		command(COMMANDS.searchContext, () => searchContext(client)),
		command(COMMANDS.showLog, () => log.show()),
		command(COMMANDS.openSettings, () => openSettings(`@ext:${EXTENSION_ID}`)),
		command(COMMANDS.copyDiagnosticsReport, async () => {
			const report = await client.request('report', null);
			await vscode.env.clipboard.writeText(`${report}VS Code ${vscode.version}, ${process.platform} ${process.arch}\n`);
			void vscode.window.showInformationMessage(vscode.l10n.t('The report is in the clipboard. It holds no code, no paths and no keys.'));
		}),
		command(COMMANDS.showWhatWasSent, async (interactionId) => {
			const question = sent.get(typeof interactionId === 'string' ? interactionId : undefined);
			if (!question) {
				void vscode.window.showInformationMessage(vscode.l10n.t('No question was asked in this window yet.'));
				return;
			}
			await showText(`${vscode.l10n.t('What Was Sent')}.md`, formatSent(question));
		}),
	);
}
