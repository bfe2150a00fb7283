import * as vscode from 'vscode';
import { SentContext } from './chat/sentContext.ts';
import { beginWhereAllowed } from './consent.ts';
import { registerContributions } from './contributions.ts';
import { CoordinatorClient } from './coordinatorClient.ts';
import { rememberFolders } from './worktreeFolders.ts';

/** What `activate` gives to tests in the host. */
export interface HybridExtension {
	readonly client: CoordinatorClient;
}

/** Registers everything; the coordinator starts when it is first needed, or where the user agreed to indexing. */
export function activate(context: vscode.ExtensionContext): HybridExtension {
	const log = vscode.window.createOutputChannel('Hybrid Coordinator', { log: true });
	const client = new CoordinatorClient(context, log);
	const sent = new SentContext();
	context.subscriptions.push(log, client, client.onDidChangeStatus(rememberFolders), ...registerContributions(client, context, log, sent));
	// Afterwards: forking a process takes its time, and nobody who activates extensions should wait for it.
	setImmediate(() => void beginWhereAllowed(client, context));
	return { client };
}

/** Subscriptions are disposed by the host; the client ends its process there. */
export function deactivate(): void {}
