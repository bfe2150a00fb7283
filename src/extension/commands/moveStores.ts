import * as vscode from 'vscode';
import type { StoreMoveTarget } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { SETTING_SECTION } from '../ids.ts';
import { openSettings } from '../openSettings.ts';
import { readSetting } from '../readSettings.ts';

/** Moves what is stored to the Qdrant server of the settings, or back, and says whether every count and sample was right. */
export async function moveStores(client: CoordinatorClient): Promise<void> {
	const { t } = vscode.l10n;
	const url = readSetting('qdrant.url').trim();
	if (url === '') {
		void vscode.window.showInformationMessage(t('There is no Qdrant server yet. Its address is a setting.'));
		await openSettings(`@id:${SETTING_SECTION}.qdrant.url`);
		return;
	}
	const items: (vscode.QuickPickItem & { readonly to: StoreMoveTarget })[] = [
		{ label: t('To {0}', url), detail: t('All that is stored on this machine, but for what may not leave it.'), to: 'qdrant' },
		{ label: t('Back to this machine'), detail: t('What is missing here is read, and the server is told of nothing more.'), to: 'embedded' },
	];
	const picked = await vscode.window.showQuickPick(items, { placeHolder: t('Where to move') });
	if (!picked) return;
	const report = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, cancellable: true, title: t('Moving what is stored') }, (_, token) =>
		client.request('stores/move', { to: picked.to }, token).catch((error: unknown) => {
			if (token.isCancellationRequested) return null;
			throw error;
		}),
	);
	if (!report) return;
	const moved = report.collections.reduce((sum, { here, kept }) => sum + here - kept, 0);
	const kept = report.collections.reduce((sum, collection) => sum + collection.kept, 0);
	if (!report.isVerified) {
		void vscode.window.showWarningMessage(t('Not everything that was moved is as it should be. Run the same command again.'));
	} else if (picked.to === 'qdrant') {
		void vscode.window.showInformationMessage(t('{0} items are on the server; {1} stay on this machine. Counts and samples agree.', moved, kept));
	} else {
		await vscode.workspace.getConfiguration(SETTING_SECTION).update('qdrant.url', undefined, vscode.ConfigurationTarget.Global);
		void vscode.window.showInformationMessage(t('Everything is on this machine; the server’s address was removed from the settings.'));
	}
}
