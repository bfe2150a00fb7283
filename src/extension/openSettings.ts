import * as vscode from 'vscode';

/** Opens the settings editor where a query's settings can be changed: those of a remote machine, addresses among them, are not among the user's. */
export async function openSettings(query: string): Promise<void> {
	if (vscode.env.remoteName === undefined) await vscode.commands.executeCommand('workbench.action.openSettings', query);
	else await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query });
}
