import * as vscode from 'vscode';

const SCHEME = 'hybrid-coordinator';
/** Documents whose text is kept; older ones say so when their tab comes back. */
const KEPT = 30;

const texts = new Map<string, string>();
const changed = new vscode.EventEmitter<vscode.Uri>();

/** Gives the text of documents that are only read: nothing asks whether to save them. */
export function registerReadableDocuments(): vscode.Disposable {
	return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
		onDidChange: changed.event,
		provideTextDocumentContent: (uri) => texts.get(uri.path) ?? vscode.l10n.t('This was shown before the window was loaded again: open it once more.'),
	});
}

/** Shows markdown as it is read; one of the same title takes its place. */
export async function showReadable(title: string, markdown: string): Promise<void> {
	const uri = keep(`${title}.md`, markdown);
	// The preview is of the editor's own markdown extension, which may be switched off.
	await vscode.commands.executeCommand('markdown.showPreview', uri).then(undefined, () => showSource(uri));
}

/** Shows a text as it stands, in the language that the name's ending says; one of the same name takes its place. */
export async function showText(name: string, text: string): Promise<void> {
	await showSource(keep(name, text));
}

function keep(name: string, text: string): vscode.Uri {
	const path = `/${name.replace(/[\\/:*?"<>|]/g, ' ').slice(-80)}`;
	texts.delete(path);
	texts.set(path, text);
	const [oldest] = texts.keys();
	if (texts.size > KEPT && oldest !== undefined) texts.delete(oldest);
	const uri = vscode.Uri.from({ scheme: SCHEME, path });
	changed.fire(uri);
	return uri;
}

async function showSource(uri: vscode.Uri): Promise<void> {
	await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}
