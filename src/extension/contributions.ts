import type * as vscode from 'vscode';
import { registerHybridParticipant } from './chat/hybridParticipant.ts';
import { registerModelProvider } from './chat/modelProvider.ts';
import type { SentContext } from './chat/sentContext.ts';
import { registerIndexCommands } from './commands/indexCommands.ts';
import { registerModelCommands } from './commands/modelCommands.ts';
import { registerSupportCommands } from './commands/supportCommands.ts';
import type { CoordinatorClient } from './coordinatorClient.ts';
import { AnswerBlocks } from './edits/answerBlocks.ts';
import { registerBlockCommands } from './edits/blockCommands.ts';
import { EditPreviews } from './edits/editPreviews.ts';
import { offerUndo } from './edits/offerUndo.ts';
import { registerFileWatcher } from './fileWatcher.ts';
import { registerFixes } from './fixes/fixCommands.ts';
import { Fixer } from './fixes/fixer.ts';
import { EditWatcher } from './outcomes/editWatcher.ts';
import type { OutcomeReporter } from './outcomes/outcomeReporter.ts';
import { registerSettingsForwarding } from './settingsForwarding.ts';
import { registerStatusBar } from './status/statusBar.ts';
import { registerIndexView } from './views/indexView.ts';

/** Everything that is registered, one line each. */
export function registerContributions(
	client: CoordinatorClient,
	context: vscode.ExtensionContext,
	log: vscode.LogOutputChannel,
	sent: SentContext,
	reporter: OutcomeReporter,
): vscode.Disposable[] {
	const blocks = new AnswerBlocks();
	const watcher = new EditWatcher(reporter, context.workspaceState, offerUndo);
	const previews = new EditPreviews(watcher);
	const fixer = new Fixer(client, previews);
	return [
		// First: what listens later asks the coordinator for things that depend on the new settings.
		registerSettingsForwarding(client, log),
		registerIndexCommands(client, context),
		registerModelCommands(client, context),
		registerSupportCommands(client, log, sent),
		registerModelProvider(client, context.globalState),
		registerHybridParticipant(client, sent, blocks, fixer, reporter),
		watcher,
		previews,
		registerBlockCommands(blocks, previews, watcher),
		registerFixes(fixer),
		registerStatusBar(client),
		registerIndexView(client),
		registerFileWatcher(client),
	];
}
