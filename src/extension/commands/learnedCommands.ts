import * as vscode from 'vscode';
import type { KnowledgeChange, KnowledgeItem, LearnedCollection } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, SETTING_SECTION } from '../ids.ts';
import { showReadable } from '../readableDocument.ts';
import { readSetting } from '../readSettings.ts';
import { learnedDocument, routerDocument } from '../views/learnedDocument.ts';
import type { LearnedNode, LearnedView } from '../views/learnedView.ts';
import { countsLabel, totalOf } from '../views/learnedWords.ts';
import { command } from './command.ts';
import { saveText } from './saveText.ts';

/** What the owner of learned items can do with them, one by one. `onForget`: what is to be forgotten lies in this window, too. */
export function registerLearnedCommands(client: CoordinatorClient, view: LearnedView, onForget: () => void): vscode.Disposable {
	const { t } = vscode.l10n;
	const itemOf = (node: unknown): KnowledgeItem | undefined => ((node ?? {}) as Partial<LearnedNode>).item;

	const change = (id: (typeof COMMANDS)[keyof typeof COMMANDS], action: Exclude<KnowledgeChange['action'], 'edit'>) =>
		command(id, async (node) => {
			const item = itemOf(node);
			if (!item) return;
			await client.request('knowledge/update', { id: item.id, change: { action } });
			view.refresh();
		});

	async function edit(node: unknown): Promise<void> {
		const item = itemOf(node);
		if (!item) return;
		const { fields } = await client.request('knowledge/detail', { id: item.id });
		const editable = fields.filter(({ isEditable }) => isEditable);
		if (editable.length === 0) {
			void vscode.window.showInformationMessage(t('This is changed where it was read from: in its file.'));
			return;
		}
		const items = editable.map(({ name, value }) => ({ label: name, detail: textOf(value).slice(0, 200), value }));
		const field = await vscode.window.showQuickPick(items, { placeHolder: t('What to change') });
		if (!field) return;
		const isList = typeof field.value === 'object';
		// An input box has one line: what a line break was is written as \n there.
		const shown = textOf(field.value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
		const text = await vscode.window.showInputBox({
			value: shown,
			ignoreFocusOut: true,
			prompt: isList ? t('{0}: one entry a line, \\n for a new line', field.label) : t('{0}: \\n for a new line', field.label),
		});
		if (text === undefined || text === shown) return;
		const next = text.replace(/\\(n|\\)/g, (_, mark: string) => (mark === 'n' ? '\n' : '\\'));
		const fieldsChanged = { [field.label]: isList ? next.split('\n').filter((entry) => entry.trim() !== '') : next };
		await client.request('knowledge/update', { id: item.id, change: { action: 'edit', fields: fieldsChanged } });
		view.refresh();
	}

	async function remove(node: unknown): Promise<void> {
		const item = itemOf(node);
		if (!item) return;
		const label = t('Delete');
		const detail = t(
			'It is removed everywhere: from the store, its vectors, and training data that is made later. What was learned from it alone goes too. This cannot be undone.',
		);
		if ((await vscode.window.showWarningMessage(t('Delete “{0}”?', item.title.slice(0, 80)), { modal: true, detail }, label)) !== label) return;
		await client.request('knowledge/delete', { ids: [item.id] });
		view.refresh();
	}

	async function forget(): Promise<void> {
		const folders = client.status?.folders ?? [];
		const scopes = [
			...folders.map(({ worktreeId, name, path }) => ({ label: t('Forget the workspace {0}', name), detail: path, scope: { workspaceId: worktreeId } as const })),
			{ label: t('Forget everything'), detail: t('All workspaces, and what is shared by them.'), scope: { everything: true } as const },
		];
		const chosen = await vscode.window.showQuickPick(scopes, { placeHolder: t('What to forget for good') });
		if (!chosen) return;
		const label = t('Forget');
		const detail = t('Skills, fixes, practices and interactions of it are deleted, with all that was learned from them. The index stays. This cannot be undone.');
		if ((await vscode.window.showWarningMessage(`${chosen.label}?`, { modal: true, detail }, label)) !== label) return;
		onForget();
		const counts = await client.request('knowledge/forget', chosen.scope);
		if ('everything' in chosen.scope) await client.request('router/reset', null);
		view.refresh();
		void vscode.window.showInformationMessage(totalOf(counts) === 0 ? t('There was nothing to forget.') : t('Forgotten: {0}', countsLabel(counts)));
	}

	async function resetRouter(): Promise<void> {
		const label = t('Reset');
		const detail = t('It chooses again as on the first day, by the size of models. Answers and skills stay.');
		if ((await vscode.window.showWarningMessage(t('Forget how the answers of each model turned out?'), { modal: true, detail }, label)) !== label) return;
		await client.request('router/reset', null);
		view.refresh();
	}

	async function resetRanking(): Promise<void> {
		const label = t('Reset');
		const detail = t('Files are ranked again as if no issue had been answered, but for answers to similar questions. Answers and skills stay.');
		if ((await vscode.window.showWarningMessage(t('Forget which folders and files proved right?'), { modal: true, detail }, label)) !== label) return;
		await client.request('ranking/reset', null);
		view.refresh();
	}

	async function toggleLearning(): Promise<void> {
		const isEnabled = !readSetting('learning.enabled');
		await vscode.workspace.getConfiguration(SETTING_SECTION).update('learning.enabled', isEnabled, vscode.ConfigurationTarget.Global);
		void vscode.window.showInformationMessage(isEnabled ? t('Learning goes on.') : t('Learning is paused: nothing is remembered, and nothing that was learned is used.'));
	}

	return vscode.Disposable.from(
		command(COMMANDS.showLearned, async (node) => {
			const item = itemOf(node);
			if (!item) return;
			const detail = await client.request('knowledge/detail', { id: item.id });
			await showReadable(item.title, learnedDocument(detail));
		}),
		command(COMMANDS.editLearned, edit),
		command(COMMANDS.deleteLearned, remove),
		change(COMMANDS.confirmLearned, 'confirm'),
		change(COMMANDS.retireLearned, 'retire'),
		change(COMMANDS.restoreLearned, 'restore'),
		change(COMMANDS.pinLearned, 'pin'),
		change(COMMANDS.unpinLearned, 'unpin'),
		change(COMMANDS.shareLearned, 'share'),
		change(COMMANDS.unshareLearned, 'unshare'),
		command(COMMANDS.filterLearned, async () => {
			const filter = await vscode.window.showInputBox({
				value: view.filter,
				prompt: t('Words that must be in an item; is:proposed, is:active, is:retired, is:pinned. Empty shows all.'),
			});
			if (filter !== undefined) view.setFilter(filter);
		}),
		command(COMMANDS.showMoreLearned, (collection) => view.showMore(collection as LearnedCollection)),
		command(COMMANDS.refreshLearned, () => view.refresh()),
		command(COMMANDS.forgetLearned, forget),
		command(COMMANDS.toggleLearning, toggleLearning),
		command(COMMANDS.showRouter, async () => showReadable(t('What the router learned'), routerDocument(await client.request('router/overview', null)))),
		command(COMMANDS.resetRouter, resetRouter),
		command(COMMANDS.exportRouter, async () => {
			await saveText('router.json', await client.request('router/export', null));
		}),
		command(COMMANDS.resetRanking, resetRanking),
		command(COMMANDS.exportRanking, async () => {
			await saveText('ranking.json', await client.request('ranking/export', null));
		}),
	);
}

function textOf(value: string | number | boolean | readonly string[]): string {
	return typeof value === 'object' ? value.join('\n') : String(value);
}
