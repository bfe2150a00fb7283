import * as vscode from 'vscode';
import { type CoordinatorClient, toLogLevel } from './coordinatorClient.ts';
import { SETTING_SECTION } from './ids.ts';
import { readSetting, readSettings } from './readSettings.ts';

/** Tells the coordinator of changed settings, of trust that was granted, and of the log level. */
export function registerSettingsForwarding(client: CoordinatorClient, log: vscode.LogOutputChannel): vscode.Disposable {
	const send = () => client.notify('settings/changed', { settings: readSettings() });
	return vscode.Disposable.from(
		vscode.workspace.onDidChangeConfiguration((event) => {
			const isOfStart = ['dataDirectory', 'qdrant'].some((key) => event.affectsConfiguration(`${SETTING_SECTION}.${key}`));
			if (isOfStart) void client.restart().catch(() => undefined);
			else if (event.affectsConfiguration(SETTING_SECTION) || event.affectsConfiguration('http')) send();
		}),
		vscode.workspace.onDidGrantWorkspaceTrust(() => {
			// A shared store is opened at the start, and not at all without trust.
			if (readSetting('qdrant.url') !== '') void client.restart().catch(() => undefined);
			else send();
		}),
		log.onDidChangeLogLevel((level) => client.notify('log/level', { level: toLogLevel(level) })),
	);
}
