import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS } from '../ids.ts';
import { formatShare, formatUsd } from './format.ts';
import { stateLabel } from './shownState.ts';
import { SpendingWatch } from './spendingWatch.ts';
import { statusMarkdown } from './statusMarkdown.ts';

/** State and progress in the status bar, and once models answered, what share of today's answers came from this machine and what that saved; the tooltip tells more, a click shows the index. */
export function registerStatusBar(client: CoordinatorClient): vscode.Disposable {
	const item = vscode.window.createStatusBarItem('hybrid.status', vscode.StatusBarAlignment.Right, 90);
	item.name = 'Hybrid Coordinator';
	item.command = COMMANDS.showStatus;
	const spending = new SpendingWatch(client);
	const update = () => {
		const { shownStatus: status, failure, transition } = client;
		const label = stateLabel(client);
		const isBusy = transition !== null || status?.phase === 'scanning' || status?.phase === 'indexing';
		const share = !transition && status?.progress && status.progress.total > 0 ? ` ${Math.floor((100 * status.progress.done) / status.progress.total)}%` : '';
		const hasProblem = failure !== undefined || status?.phase === 'failed' || (status?.problems.length ?? 0) > 0;
		const icon = hasProblem ? 'warning' : isBusy ? 'sync~spin' : status?.phase === 'paused' ? 'debug-pause' : 'git-merge';
		const today = spending.summary?.today;
		const saved =
			today && today.localShare !== null
				? ` ${vscode.l10n.t('{0} local', formatShare(today.localShare))}${today.savedUsd >= 0.005 ? `, ${formatUsd(today.savedUsd)}` : ''}`
				: '';
		item.text = status?.phase === 'ready' && !hasProblem && !transition ? `$(git-merge) Hybrid${saved}` : `$(${icon}) Hybrid: ${label}${share}`;
		item.accessibilityInformation = { label: `Hybrid Coordinator, ${label}${share}${saved}` };
		item.tooltip = statusMarkdown(client, spending.summary);
		item.backgroundColor = failure ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
	};
	const subscription = vscode.Disposable.from(client.onDidChangeStatus(update), spending.onDidChange(update), spending);
	update();
	item.show();
	return vscode.Disposable.from(item, subscription);
}
