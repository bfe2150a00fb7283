import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { isIndexingRefused } from '../consent.ts';
import { type CoordinatorClient, currentFolders } from '../coordinatorClient.ts';
import { MCP_PROVIDERS, SETTING_SECTION } from '../ids.ts';
import { bundledScript, launcherPath, serverLaunch, writeLauncher } from './serverLaunch.ts';

/** Offers our server to the editor's own agent, where the editor knows such servers: nothing is started before the agent wants a tool. */
export function registerMcpServer(client: CoordinatorClient, context: vscode.ExtensionContext, log: vscode.LogOutputChannel): vscode.Disposable {
	// The version that agents outside start is this one from now on.
	if (existsSync(launcherPath(context))) writeLauncher(context).catch((error: unknown) => log.warn(`The launcher for agents could not be updated: ${String(error)}`));
	if (typeof vscode.lm?.registerMcpServerDefinitionProvider !== 'function' || typeof vscode.McpStdioServerDefinition !== 'function') return vscode.Disposable.from();
	const changed = new vscode.EventEmitter<void>();
	let wasRefused = isIndexingRefused(context);
	return vscode.Disposable.from(
		changed,
		client.onDidChangeStatus(() => {
			// The decision is made just before indexing starts or ends.
			if (isIndexingRefused(context) === wasRefused) return;
			wasRefused = !wasRefused;
			changed.fire();
		}),
		vscode.workspace.onDidChangeWorkspaceFolders(() => changed.fire()),
		vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
		vscode.workspace.onDidChangeConfiguration((event) => {
			if (event.affectsConfiguration(SETTING_SECTION)) changed.fire();
		}),
		vscode.lm.registerMcpServerDefinitionProvider(MCP_PROVIDERS.workspace, {
			onDidChangeMcpServerDefinitions: changed.event,
			provideMcpServerDefinitions: () => {
				// Whoever did not want the folder indexed did not want it by an agent either.
				if (!vscode.workspace.isTrusted || currentFolders().length === 0 || isIndexingRefused(context)) return [];
				const { command, args, env } = serverLaunch(bundledScript(context));
				const { version } = context.extension.packageJSON as { readonly version: string };
				return [new vscode.McpStdioServerDefinition('Hybrid Coordinator', command, [...args], { ...env }, version)];
			},
		}),
	);
}
