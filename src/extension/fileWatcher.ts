import * as vscode from 'vscode';
import type { FileChange } from '#protocol/messages';
import { type CoordinatorClient, currentFolders } from './coordinatorClient.ts';

/** Changes are sent together after this pause; the coordinator waits a little more of its own. */
const BATCH_MS = 30;

/** Tells the coordinator what changes on disk, and which folders are open. */
export function registerFileWatcher(client: CoordinatorClient): vscode.Disposable {
	const pending = new Map<string, FileChange>();
	let timer: NodeJS.Timeout | undefined;
	const flush = () => {
		timer = undefined;
		const changes = [...pending.values()];
		pending.clear();
		client.notify('files/changed', { changes });
	};
	const note = (kind: FileChange['kind']) => (uri: vscode.Uri) => {
		if (uri.scheme !== 'file' || /[\\/]\.git[\\/](?!HEAD$)/.test(uri.fsPath)) return;
		pending.set(uri.fsPath, { path: uri.fsPath, kind });
		timer ??= setTimeout(flush, BATCH_MS);
	};
	const watcher = vscode.workspace.createFileSystemWatcher('**/*');
	return vscode.Disposable.from(
		watcher,
		watcher.onDidCreate(note('created')),
		watcher.onDidChange(note('changed')),
		watcher.onDidDelete(note('deleted')),
		vscode.workspace.onDidSaveTextDocument(({ uri }) => note('changed')(uri)),
		vscode.workspace.onDidChangeWorkspaceFolders(() => client.notify('folders/changed', { folders: currentFolders() })),
		new vscode.Disposable(() => clearTimeout(timer)),
	);
}
