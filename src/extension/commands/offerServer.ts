import * as vscode from 'vscode';
import { COMMANDS } from '../ids.ts';

/** Says that there is no server yet, with the ways to one. Resolves when one of them was chosen, or none. */
export async function offerServer(message: string): Promise<void> {
	const { t } = vscode.l10n;
	const ways = [
		{ title: t('Add Model Server'), command: COMMANDS.addServer },
		{ title: t('Find Model Servers'), command: COMMANDS.findModelServers },
	];
	const chosen = await vscode.window.showInformationMessage(message, ...ways);
	if (chosen) await vscode.commands.executeCommand(chosen.command);
}
