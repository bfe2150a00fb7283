import * as vscode from 'vscode';
import type { CoordinatorClient } from './coordinatorClient.ts';
import { currentFolders } from './coordinatorClient.ts';
import { readSetting } from './readSettings.ts';
import { showFailure } from './showFailure.ts';

/** The answer to “may this workspace be indexed?”, remembered per workspace. */
const STATE_KEY = 'indexing.decision';
type Decision = 'yes' | 'no';

/** Indexes now, and from now on when this workspace is opened. */
export async function indexNow(client: CoordinatorClient, context: vscode.ExtensionContext): Promise<void> {
	if (currentFolders().length === 0) {
		void vscode.window.showInformationMessage(vscode.l10n.t('Open a folder first: there is nothing to index.'));
		return;
	}
	await context.workspaceState.update(STATE_KEY, 'yes' satisfies Decision);
	await client.request('index/start', null);
}

/** Forgets the answer: after the index was cleared, the next start asks again. */
export async function forgetDecision(context: vscode.ExtensionContext): Promise<void> {
	await context.workspaceState.update(STATE_KEY, undefined);
}

/** Whether this workspace is not to be indexed: the user said so, or wants no workspace indexed unasked and did not ask for this one. */
export function isIndexingRefused(context: vscode.ExtensionContext): boolean {
	const decision = context.workspaceState.get<Decision>(STATE_KEY);
	return decision === 'no' || (readSetting('index.automatic') === 'never' && decision !== 'yes');
}

/** At start: indexes where the user said so before, asks where nobody was asked, and else does nothing. */
export async function beginWhereAllowed(client: CoordinatorClient, context: vscode.ExtensionContext): Promise<void> {
	if (currentFolders().length === 0) return;
	const automatic = readSetting('index.automatic');
	const decision = context.workspaceState.get<Decision>(STATE_KEY);
	if (automatic === 'never' || decision === 'no') return;
	if (automatic === 'always' || decision === 'yes') return start(client);
	const index = vscode.l10n.t('Index');
	const no = vscode.l10n.t('Not This Workspace');
	const answer = await vscode.window.showInformationMessage(
		vscode.l10n.t(
			'Index this workspace, so that @hybrid can answer from it? Everything is computed and kept on this machine. Files that may hold secrets are never read.',
		),
		index,
		no,
	);
	if (answer === index) {
		await context.workspaceState.update(STATE_KEY, 'yes' satisfies Decision);
		await start(client);
	} else if (answer === no) await context.workspaceState.update(STATE_KEY, 'no' satisfies Decision);
}

async function start(client: CoordinatorClient): Promise<void> {
	try {
		await client.request('index/start', null);
	} catch (error) {
		showFailure(error);
	}
}
