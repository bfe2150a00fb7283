import * as vscode from 'vscode';
import type { StoredIndex } from '#protocol/messages';
import { forgetDecision } from '../consent.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { formatBytes } from '../status/format.ts';

/** Shows every stored index with its size and last use, and removes those that are ticked, after a question. */
export async function manageIndexes(client: CoordinatorClient, context: vscode.ExtensionContext): Promise<void> {
	const { t } = vscode.l10n;
	const indexes = await client.request('indexes/list', null);
	if (indexes.length === 0) {
		void vscode.window.showInformationMessage(t('No index is stored on this machine.'));
		return;
	}
	const total = formatBytes(indexes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
	const picked = await vscode.window.showQuickPick(
		indexes.map((index) => ({ label: nameOf(index), description: describe(index), detail: index.folders.join(', '), index })),
		{ canPickMany: true, matchOnDetail: true, title: t('Stored indexes: {0} on disk', total), placeHolder: t('Tick the indexes to clear; they can be built again') },
	);
	if (!picked || picked.length === 0) return;
	const clear = t('Clear');
	const size = formatBytes(picked.reduce((sum, { index }) => sum + index.sizeBytes, 0));
	const question = picked.length === 1 && picked[0] ? t('Clear the index of {0} ({1})?', picked[0].label, size) : t('Clear {0} indexes ({1})?', picked.length, size);
	const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: t('An index can be built again; what was learned is kept.') }, clear);
	if (answer !== clear) return;
	const { cleared, inUse } = await client.request('indexes/clear', { repositoryIds: picked.map(({ index }) => index.repositoryId) });
	if (client.status?.phase === 'not-indexed' && picked.some(({ index }) => index.isOpen)) {
		// Nor is it indexed again by a restart, without being asked for.
		await client.request('index/stop', null);
		await forgetDecision(context);
	}
	const kept = picked.filter(({ index }) => inUse.includes(index.repositoryId)).map(({ label }) => label);
	if (kept.length > 0) {
		void vscode.window.showWarningMessage(
			t('Cleared {0}. Kept, because another window has it open: {1}. Close that window and try again.', cleared.length, kept.join(', ')),
		);
	} else void vscode.window.showInformationMessage(t('Cleared {0}.', cleared.length));
}

function nameOf({ folders, repositoryId }: StoredIndex): string {
	return folders[0]?.split(/[\\/]/).findLast((part) => part !== '') ?? repositoryId;
}

function describe({ sizeBytes, lastUsedMs, isOpen }: StoredIndex): string {
	const { t } = vscode.l10n;
	const use = isOpen ? t('open here') : t('last used {0}', new Date(lastUsedMs).toLocaleDateString());
	return `${formatBytes(sizeBytes)} · ${use}`;
}
