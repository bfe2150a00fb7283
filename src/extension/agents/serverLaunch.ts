import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { currentFolders } from '../coordinatorClient.ts';
import { SETTING_SECTION, SETTINGS, type SettingTypes } from '../ids.ts';
import { launcherText, type ServerLaunch } from './agentConfiguration.ts';

/** Groups of settings that both must have alike: for one index, for the same secrets kept, and for the same learning. */
const SHARED = /^(?:dataDirectory$|index\.(?!automatic)|embedding\.|search\.|privacy\.|learning\.)/;

/** Our server over the folders of this window, by the bundle at `script`. No Node of the user's is needed: the editor is one. */
export function serverLaunch(script: string): ServerLaunch {
	const shared = sharedSettings();
	return {
		command: process.execPath,
		args: [script, ...currentFolders().flatMap(({ path }) => ['--workspace', path])],
		env: { ELECTRON_RUN_AS_NODE: '1', ...(Object.keys(shared).length > 0 ? { HYBRID_SETTINGS: JSON.stringify(shared) } : {}) },
	};
}

/** The server's bundle in this version of the extension. */
export function bundledScript(context: vscode.ExtensionContext): string {
	return join(context.extensionPath, 'dist', 'mcp.mjs');
}

/** Writes the program that agents outside are told of, which goes on to the bundle of this version. Returns its path. */
export async function writeLauncher(context: vscode.ExtensionContext): Promise<string> {
	const folder = context.globalStorageUri.fsPath;
	await mkdir(folder, { recursive: true });
	const path = launcherPath(context);
	await writeFile(path, launcherText(pathToFileURL(bundledScript(context)).href), { mode: 0o600 });
	return path;
}

export function launcherPath(context: vscode.ExtensionContext): string {
	return join(context.globalStorageUri.fsPath, 'mcp.mjs');
}

/** What the user has set of the shared settings, in the form of the protocol; defaults are left out. */
function sharedSettings(): Record<string, unknown> {
	const configuration = vscode.workspace.getConfiguration(SETTING_SECTION);
	const shared: Record<string, unknown> = {};
	for (const name of SETTINGS) {
		if (!SHARED.test(name)) continue;
		const value = configuration.get<SettingTypes[typeof name]>(name);
		if (JSON.stringify(value) === JSON.stringify(configuration.inspect(name)?.defaultValue)) continue;
		const [group = '', field] = name.split('.');
		if (field === undefined) shared[group] = value;
		else shared[group] = { ...(shared[group] as Record<string, unknown> | undefined), [field]: value };
	}
	return shared;
}
