import type * as vscode from 'vscode';
import { connectAgent } from './agents/connectAgent.ts';
import { registerLanguageTools } from './agents/languageTools.ts';
import { registerMcpServer } from './agents/mcpServer.ts';
import { registerHybridParticipant } from './chat/hybridParticipant.ts';
import { registerModelProvider } from './chat/modelProvider.ts';
import type { SentContext } from './chat/sentContext.ts';
import { command } from './commands/command.ts';
import { registerCostCommands } from './commands/costCommands.ts';
import { registerDashboardCommands } from './commands/dashboardCommands.ts';
import { registerExchangeCommands } from './commands/exchangeCommands.ts';
import { registerIndexCommands } from './commands/indexCommands.ts';
import { registerLearnedCommands } from './commands/learnedCommands.ts';
import { registerModelCommands } from './commands/modelCommands.ts';
import { registerRetryCommands } from './commands/retryCommands.ts';
import { registerServerCommands } from './commands/serverCommands.ts';
import { registerSupportCommands } from './commands/supportCommands.ts';
import { registerTeamCommands } from './commands/teamCommands.ts';
import { registerWalkthrough } from './commands/walkthroughCommand.ts';
import type { CoordinatorClient } from './coordinatorClient.ts';
import { AnswerBlocks } from './edits/answerBlocks.ts';
import { registerBlockCommands } from './edits/blockCommands.ts';
import { EditPreviews } from './edits/editPreviews.ts';
import { offerUndo } from './edits/offerUndo.ts';
import { registerFileWatcher } from './fileWatcher.ts';
import { registerFixes } from './fixes/fixCommands.ts';
import { Fixer } from './fixes/fixer.ts';
import { LearnedFixes } from './fixes/learnedFixes.ts';
import { COMMANDS } from './ids.ts';
import { EditedFiles } from './outcomes/editedFiles.ts';
import { EditWatcher } from './outcomes/editWatcher.ts';
import type { OutcomeReporter } from './outcomes/outcomeReporter.ts';
import { registerReadableDocuments } from './readableDocument.ts';
import { registerSettingsForwarding } from './settingsForwarding.ts';
import { registerStatusBar } from './status/statusBar.ts';
import { CommandReporter } from './terminal/commandReporter.ts';
import { FailureQuestions, registerFixLastFailure } from './terminal/fixLastFailure.ts';
import { registerIndexView } from './views/indexView.ts';
import { registerLearnedView } from './views/learnedView.ts';
import { registerModelsView } from './views/modelsView.ts';

/** Everything that is registered, one line each. */
export function registerContributions(
	client: CoordinatorClient,
	context: vscode.ExtensionContext,
	log: vscode.LogOutputChannel,
	sent: SentContext,
	reporter: OutcomeReporter,
): vscode.Disposable[] {
	const models = registerModelsView(client);
	const learned = registerLearnedView(client);
	const blocks = new AnswerBlocks();
	const commands = new CommandReporter(client);
	const watcher = new EditWatcher(reporter, context.workspaceState, {
		onApplied: commands.onApplied,
		onWorse: offerUndo,
		onVerdict: (applied, verdict, was) => learnedFixes.judged(applied, verdict, was),
	});
	const edited = new EditedFiles(reporter, context.workspaceState);
	const learnedFixes = new LearnedFixes(client, watcher, learned.onDidRefresh);
	const previews = new EditPreviews(watcher);
	const fixer = new Fixer(client, previews);
	const failures = new FailureQuestions();
	return [
		// First: what listens later asks the coordinator for things that depend on the new settings.
		registerSettingsForwarding(client, log),
		registerIndexCommands(client, context),
		registerModelCommands(client, context),
		registerSupportCommands(client, log, sent),
		registerRetryCommands(sent),
		registerWalkthrough(client, context.globalState, learned.onDidShow),
		registerCostCommands(client),
		registerTeamCommands(client, context),
		registerDashboardCommands(client, context.extensionUri),
		registerReadableDocuments(),
		registerModelProvider(client, context.globalState, edited),
		registerHybridParticipant(client, sent, blocks, { fixer, failures }, reporter, edited),
		watcher,
		edited,
		commands,
		registerFixLastFailure(client, sent, failures),
		previews,
		registerBlockCommands(blocks, previews, watcher),
		learnedFixes,
		registerFixes(fixer),
		registerStatusBar(client),
		registerIndexView(client),
		models,
		registerServerCommands(client, context, models),
		learned,
		registerLearnedCommands(client, learned, () => commands.forget()),
		registerExchangeCommands(client, learned),
		registerFileWatcher(client),
		registerLanguageTools(client),
		registerMcpServer(client, context, log),
		command(COMMANDS.connectAgent, () => connectAgent(context)),
	];
}
