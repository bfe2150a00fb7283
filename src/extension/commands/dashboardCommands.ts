import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import type { DashboardChoice } from '../dashboard/buildSnapshot.ts';
import { DASHBOARD_VIEW_TYPE, DashboardPanel } from '../dashboard/dashboardPanel.ts';
import { readKeptChoice } from '../dashboard/readPageMessage.ts';
import { COMMANDS } from '../ids.ts';
import { command } from './command.ts';

/** Opens the dashboard, or brings the one that is open to the front; a tab that was open when its window was closed is filled again. */
export function registerDashboardCommands(client: CoordinatorClient, extensionUri: vscode.Uri): vscode.Disposable {
	let panel: DashboardPanel | undefined;
	const open = (restored?: { readonly panel: vscode.WebviewPanel; readonly choice: DashboardChoice | null }) => {
		const onDidDispose = () => {
			panel = undefined;
		};
		panel = new DashboardPanel(client, extensionUri, { onDidDispose, ...(restored ? { restored } : {}) });
	};
	return vscode.Disposable.from(
		command(COMMANDS.openDashboard, () => {
			if (panel) return panel.reveal();
			open();
		}),
		vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW_TYPE, {
			deserializeWebviewPanel: async (found, kept) => {
				// The command may have been faster.
				if (panel) found.dispose();
				else open({ panel: found, choice: readKeptChoice(kept) });
			},
		}),
		new vscode.Disposable(() => panel?.dispose()),
	);
}
