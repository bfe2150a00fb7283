import * as vscode from 'vscode';
import { SentContext } from './chat/sentContext.ts';
import { beginWhereAllowed } from './consent.ts';
import { registerContributions } from './contributions.ts';
import { CoordinatorClient } from './coordinatorClient.ts';
import { OutcomeReporter } from './outcomes/outcomeReporter.ts';
import { rememberFolders } from './worktreeFolders.ts';

/** What `activate` gives to tests in the host. */
export interface HybridExtension {
	readonly client: CoordinatorClient;
	readonly reporter: OutcomeReporter;
}

/** Registers everything; the coordinator starts when it is first needed, or where the user agreed to indexing. */
export function activate(context: vscode.ExtensionContext): HybridExtension {
	const log = vscode.window.createOutputChannel('Hybrid Coordinator', { log: true });
	const client = new CoordinatorClient(context, log);
	const sent = new SentContext();
	const reporter = new OutcomeReporter(client, context.workspaceState);
	context.subscriptions.push(log, client, reporter, client.onDidChangeStatus(rememberFolders), ...registerContributions(client, context, log, sent, reporter));
	// Afterwards: forking a process takes its time, and nobody who activates extensions should wait for it.
	setImmediate(() => void beginWhereAllowed(client, context));
	return { client, reporter };
}

/** Subscriptions are disposed by the host; the client ends its process there. */
export function deactivate(): void {}
