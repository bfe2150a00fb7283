import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS } from '../ids.ts';
import { stateLabel } from './shownState.ts';
import { statusMarkdown } from './statusMarkdown.ts';

/** State and progress in the status bar; the tooltip tells more, a click shows the index. */
export function registerStatusBar(client: CoordinatorClient): vscode.Disposable {
	const item = vscode.window.createStatusBarItem('hybrid.status', vscode.StatusBarAlignment.Right, 90);
	item.name = 'Hybrid Coordinator';
	item.command = COMMANDS.showStatus;
	const update = () => {
		const { shownStatus: status, failure, transition } = client;
		const label = stateLabel(client);
		const isBusy = transition !== null || status?.phase === 'scanning' || status?.phase === 'indexing';
		const share = !transition && status?.progress && status.progress.total > 0 ? ` ${Math.floor((100 * status.progress.done) / status.progress.total)}%` : '';
		const hasProblem = failure !== undefined || status?.phase === 'failed' || (status?.problems.length ?? 0) > 0;
		const icon = hasProblem ? 'warning' : isBusy ? 'sync~spin' : status?.phase === 'paused' ? 'debug-pause' : 'git-merge';
		item.text = status?.phase === 'ready' && !hasProblem && !transition ? '$(git-merge) Hybrid' : `$(${icon}) Hybrid: ${label}${share}`;
		item.accessibilityInformation = { label: `Hybrid Coordinator, ${label}${share}` };
		item.tooltip = statusMarkdown(client);
		item.backgroundColor = failure ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
	};
	const subscription = client.onDidChangeStatus(update);
	update();
	item.show();
	return vscode.Disposable.from(item, subscription);
}
