import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { DashboardPanel } from '../dashboard/dashboardPanel.ts';
import { COMMANDS } from '../ids.ts';
import { command } from './command.ts';

/** Opens the dashboard, or brings the one that is open to the front. */
export function registerDashboardCommands(client: CoordinatorClient, extensionUri: vscode.Uri): vscode.Disposable {
	let panel: DashboardPanel | undefined;
	return vscode.Disposable.from(
		command(COMMANDS.openDashboard, () => {
			if (panel) return panel.reveal();
			panel = new DashboardPanel(client, extensionUri, () => {
				panel = undefined;
			});
		}),
		new vscode.Disposable(() => panel?.dispose()),
	);
}
