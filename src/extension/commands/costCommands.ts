import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS } from '../ids.ts';
import { showReadable } from '../readableDocument.ts';
import { costsDocument } from '../status/costsDocument.ts';
import { command } from './command.ts';

/** Shows what models cost and what was saved. */
export function registerCostCommands(client: CoordinatorClient): vscode.Disposable {
	return command(COMMANDS.showCosts, async () => {
		const summary = await client.request('ledger/summary', { withDetails: true });
		await showReadable(vscode.l10n.t('Costs and Savings'), costsDocument(summary));
	});
}
