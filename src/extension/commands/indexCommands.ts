import * as vscode from 'vscode';
import { forgetDecision, indexNow } from '../consent.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, VIEWS } from '../ids.ts';
import { command } from './command.ts';
import { manageIndexes } from './manageIndexes.ts';
import { moveStores } from './moveStores.ts';

/** Index, pause, resume, stop, clear, show. */
export function registerIndexCommands(client: CoordinatorClient, context: vscode.ExtensionContext): vscode.Disposable {
	const { t } = vscode.l10n;
	return vscode.Disposable.from(
		command(COMMANDS.indexWorkspace, () => indexNow(client, context)),
		command(COMMANDS.pauseIndexing, () => client.request('index/pause', null)),
		command(COMMANDS.resumeIndexing, () => client.request('index/resume', null)),
		command(COMMANDS.stopIndexing, () => client.request('index/stop', null)),
		command(COMMANDS.clearIndex, async () => {
			const clear = t('Clear');
			const answer = await vscode.window.showWarningMessage(
				t('Clear the index of this workspace?'),
				{ modal: true, detail: t('It can be built again; what was learned is kept.') },
				clear,
			);
			if (answer !== clear) return;
			await client.request('index/clear', null);
			await forgetDecision(context);
		}),
		command(COMMANDS.manageIndexes, () => manageIndexes(client, context)),
		command(COMMANDS.moveStores, () => moveStores(client)),
		command(COMMANDS.showStatus, () => vscode.commands.executeCommand(`${VIEWS.index}.focus`)),
		command(COMMANDS.restartCoordinator, () => client.restart()),
	);
}
