import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { currentFolders } from '../coordinatorClient.ts';
import { showText } from '../readableDocument.ts';
import { AGENT_FILES, configurationWith } from './agentConfiguration.ts';
import { serverLaunch, writeLauncher } from './serverLaunch.ts';

/** Shows what another agent's configuration must hold to be served from this workspace, then writes or copies it as the user says. */
export async function connectAgent(context: vscode.ExtensionContext): Promise<void> {
	const { t } = vscode.l10n;
	const [folder] = currentFolders();
	if (!folder) {
		void vscode.window.showInformationMessage(t('Open a folder first: an agent is served from it.'));
		return;
	}
	const agent = await vscode.window.showQuickPick(
		[
			{ label: 'Claude Code', description: AGENT_FILES.claudeCode, file: AGENT_FILES.claudeCode },
			{ label: 'Cursor', description: AGENT_FILES.cursor, file: AGENT_FILES.cursor },
			{ label: t('Another agent'), description: t('any client of the Model Context Protocol'), file: null },
		],
		{ title: t('Connect another agent to this workspace') },
	);
	if (!agent) return;
	const launch = serverLaunch(await writeLauncher(context));
	const path = agent.file === null ? null : join(folder.path, agent.file);
	const existing = path === null ? null : await readIfThere(path);
	const merged = configurationWith(launch, existing);
	const text = merged ?? configurationWith(launch, null) ?? '';
	await showText(agent.file === null ? 'mcp.json' : basename(agent.file), text);
	const write = t('Write {0}', agent.file ?? '');
	const copy = t('Copy');
	const canWrite = path !== null && merged !== null;
	const question = canWrite ? t('Let {0} use what is known of this workspace?', agent.label) : t('Copy this configuration for {0}?', agent.label);
	const detail =
		path !== null && merged === null
			? t('{0} is no JSON that can be added to: copy the configuration and add it by hand.', path)
			: t(
					'The agent can then search this workspace and report how its answers went. Code that it finds goes to the model that it uses. The configuration names paths of this machine.',
				);
	const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, ...(canWrite ? [write] : []), copy);
	if (answer === copy) await vscode.env.clipboard.writeText(text);
	if (answer !== write || path === null) return;
	// What was shown is what is written: where the file has changed meanwhile, it is left alone.
	if ((await readIfThere(path)) !== existing) throw new Error(t('{0} has changed meanwhile, so nothing was written. Run the command again.', path));
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, text);
	await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: true });
	void vscode.window.showInformationMessage(t('{0} was written. Start {1} again to use it.', agent.file ?? '', agent.label));
}

async function readIfThere(path: string): Promise<string | null> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	}
}
