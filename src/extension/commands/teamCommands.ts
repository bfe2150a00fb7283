import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { CoordinatorFailure } from '../coordinatorFailure.ts';
import { COMMANDS, SETTING_SECTION } from '../ids.ts';
import { openSettings } from '../openSettings.ts';
import { showReadable } from '../readableDocument.ts';
import { readSetting } from '../readSettings.ts';
import { teamDocument } from '../status/teamDocument.ts';
import { databaseSecret } from '../teamDatabase.ts';
import { command } from './command.ts';

const DAY_MS = 86_400_000;

/** Shows the figures of a team, and keeps the password of its database. */
export function registerTeamCommands(client: CoordinatorClient, context: vscode.ExtensionContext): vscode.Disposable {
	const { t } = vscode.l10n;

	async function showReport(): Promise<void> {
		const state = await client.request('team/state', null);
		if (state.database === null) return offer(t('No database of a team is set.'), t('Open Settings'), openSetting);
		const all = { label: t('Everything that is kept'), days: null };
		const items = [{ label: t('The last 30 days'), days: 30 }, { label: t('The last 90 days'), days: 90 }, all];
		const chosen = await vscode.window.showQuickPick(items, { placeHolder: t('Time that the report is about') });
		if (!chosen) return;
		const sinceMs = chosen.days === null ? null : Date.now() - chosen.days * DAY_MS;
		try {
			const report = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: t('Adding up the figures of the team') }, () =>
				client.request('team/report', { sinceMs }),
			);
			await showReadable(t('Team Report'), teamDocument(report, state));
		} catch (error) {
			if (!(error instanceof CoordinatorFailure)) throw error;
			if (error.code === 'unauthorized') await offer(error.message, t('Set Password'), setPassword);
			else await offer(`${error.message} ${t('What waits for it is kept, and sent when it answers.')}`, t('Open Settings'), openSetting);
		}
	}

	async function setPassword(): Promise<void> {
		const name = databaseSecret(readSetting('team.databaseUrl').trim());
		if (name === null) return offer(t('Set the address of the database first, as postgres://user@host:port/database.'), t('Open Settings'), openSetting);
		const password = await vscode.window.showInputBox({
			password: true,
			prompt: t('Password for {0}. It is kept in the editor’s secret storage; leave it empty to remove it.', name.replace('postgres://', '')),
			ignoreFocusOut: true,
		});
		if (password === undefined) return;
		if (password === '') await context.secrets.delete(name);
		else await context.secrets.store(name, password);
		client.notify('secrets/changed', { name });
	}

	return vscode.Disposable.from(command(COMMANDS.showTeamReport, showReport), command(COMMANDS.setTeamPassword, setPassword));
}

async function offer(text: string, title: string, act: () => Promise<unknown>): Promise<void> {
	if ((await vscode.window.showWarningMessage(text, title)) === title) await act();
}

const openSetting = () => openSettings(`${SETTING_SECTION}.team`);
