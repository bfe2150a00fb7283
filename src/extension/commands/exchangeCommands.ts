import * as vscode from 'vscode';
import type { ExportRequest } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS } from '../ids.ts';
import { showReadable } from '../readableDocument.ts';
import { exportLines, fixesAreWords, omissionLines } from '../views/exportLines.ts';
import { datasetDocument } from '../views/learnedDocument.ts';
import type { LearnedView } from '../views/learnedView.ts';
import { COLLECTIONS, countsLabel, totalOf } from '../views/learnedWords.ts';
import { command } from './command.ts';
import { saveText } from './saveText.ts';

/** Larger files are no bundle of ours, and would only take memory. */
const LARGEST_BUNDLE = 200_000_000;

/** What was learned, out and in again, and training data. Each shows what it would do before it does it. */
export function registerExchangeCommands(client: CoordinatorClient, view: LearnedView): vscode.Disposable {
	const { t } = vscode.l10n;

	async function exportLearned(): Promise<void> {
		const folders = client.status?.folders ?? [];
		const items: (vscode.QuickPickItem & { readonly request: ExportRequest })[] = [
			...folders.map(({ worktreeId, name }) => ({
				label: t('Skills, fixes and practices for {0}', name),
				detail: t('Those of this workspace and those that are shared.'),
				request: { workspaceId: worktreeId },
			})),
			{ label: t('Skills, fixes and practices of all workspaces'), request: {} },
			{ label: t('Everything, with questions and answers'), detail: t('Of all workspaces.'), request: { collections: COLLECTIONS } },
		];
		const chosen = await vscode.window.showQuickPick(items, { placeHolder: t('What to export') });
		if (!chosen) return;
		const bundle = await client.request('knowledge/export', chosen.request);
		if (totalOf(bundle.counts) === 0) {
			void vscode.window.showInformationMessage([t('There is nothing to export.'), ...omissionLines(bundle.omitted, t)].join(' '));
			return;
		}
		const label = t('Save…');
		const detail = exportLines(bundle, t).join('\n');
		if ((await vscode.window.showInformationMessage(t('Export {0}?', countsLabel(bundle.counts)), { modal: true, detail }, label)) === label)
			await saveText('learned.jsonl', bundle.text);
	}

	async function importLearned(): Promise<void> {
		const [uri] = (await vscode.window.showOpenDialog({ canSelectMany: false, title: t('Exported file to import') })) ?? [];
		if (!uri) return;
		if ((await vscode.workspace.fs.stat(uri)).size > LARGEST_BUNDLE) {
			void vscode.window.showWarningMessage(t('This file is too large for an export.'));
			return;
		}
		const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
		const preview = await client.request('knowledge/import', { text, isApplied: false, isTrusted: false });
		if (totalOf(preview.added) + totalOf(preview.merged) === 0) {
			void vscode.window.showInformationMessage(t('Everything in it is known already.'));
			return;
		}
		const [proposed, trusted] = [t('Import as Proposed'), t('Import as It Was')];
		const detail = [
			t('New: {0}', countsLabel(preview.added)),
			t('Known, and completed: {0}', countsLabel(preview.merged)),
			t('Known and unchanged: {0}', countsLabel(preview.unchanged)),
			...(preview.added['error-solutions'] + preview.merged['error-solutions'] > 0 ? [fixesAreWords(t)] : []),
			t('As proposed, each item waits for your confirmation. Take it as it was only from somebody you trust: what is in it goes into prompts.'),
		].join('\n');
		const answer = await vscode.window.showInformationMessage(t('Import what is in {0}?', uri.path.split('/').at(-1) ?? ''), { modal: true, detail }, proposed, trusted);
		if (!answer) return;
		const report = await client.request('knowledge/import', { text, isApplied: true, isTrusted: answer === trusted });
		view.refresh();
		void vscode.window.showInformationMessage(t('Imported. New: {0}. Completed: {1}.', countsLabel(report.added), countsLabel(report.merged)));
	}

	async function exportTrainingData(): Promise<void> {
		const report = await client.request('dataset/preview', {});
		await showReadable(t('Training data'), datasetDocument(report));
		if (report.train + report.validation + report.preferencePairs === 0) {
			void vscode.window.showInformationMessage(t('No answer is worth training on yet: it takes successes of some value. The document says what was left out.'));
			return;
		}
		const label = t('Choose Folder…');
		// Not modal: the preview is to be read first.
		const answer = await vscode.window.showInformationMessage(t('Write {0} training examples? The document shows what is in them.', report.train), label);
		if (answer !== label) return;
		const [folder] = (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, canSelectMany: false, openLabel: t('Write Here') })) ?? [];
		if (!folder) return;
		const data = await client.request('dataset/build', {});
		const files = { 'train.jsonl': data.trainJsonl, 'validation.jsonl': data.validationJsonl, 'preferences.jsonl': data.preferencesJsonl };
		for (const [name, text] of Object.entries(files))
			if (text !== '') await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), new TextEncoder().encode(text));
		void vscode.window.showInformationMessage(t('Written to {0}.', folder.fsPath));
	}

	return vscode.Disposable.from(
		command(COMMANDS.exportLearned, exportLearned),
		command(COMMANDS.importLearned, importLearned),
		command(COMMANDS.exportTrainingData, exportTrainingData),
	);
}
