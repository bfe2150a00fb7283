import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, CONTEXT_KEYS, EXTENSION_ID, WALKTHROUGHS } from '../ids.ts';
import { command } from './command.ts';

/**
 * Opens the guide for a new user, and tells its steps what is done. The editor completes a step when its context becomes true after the guide is
 * known to it, and never where it was true before; so each context is true for a moment only, again after every answer and every index.
 */
export function registerWalkthrough(client: CoordinatorClient): vscode.Disposable {
	let hasAnswered = false;
	const tell = async (key: string) => {
		await vscode.commands.executeCommand('setContext', key, true);
		await vscode.commands.executeCommand('setContext', key, false);
	};
	return vscode.Disposable.from(
		command(COMMANDS.openWalkthrough, async () => {
			await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${EXTENSION_ID}#${WALKTHROUGHS.start}`);
			if (hasAnswered) await tell(CONTEXT_KEYS.answered);
			if (client.status?.phase === 'ready') await tell(CONTEXT_KEYS.indexed);
		}),
		client.onDidAnswer(() => {
			hasAnswered = true;
			void tell(CONTEXT_KEYS.answered);
		}),
		client.onDidChangeStatus((status) => {
			if (status?.phase === 'ready') void tell(CONTEXT_KEYS.indexed);
		}),
	);
}
