import * as vscode from 'vscode';
import { CONTEXT_KEYS, EDIT_SCHEME } from '../ids.ts';

/** Shows the differences of changes, one or several files in one tab, and knows which change a tab shows. Documents with the new texts have a change's id as query. */
export class PreviewTabs implements vscode.Disposable {
	readonly #subscription: vscode.Disposable;

	constructor() {
		// The editor opens tabs of the window before again, and what they showed is not known any more: all lines would look removed.
		void vscode.window.tabGroups.close(allTabs().filter((tab) => newTexts(tab).length > 0));
		// For the buttons of a tab of several files: all such tabs, whoever opened them, are of one scheme.
		const tell = () => {
			const isShown = vscode.window.tabGroups.all.some(({ activeTab }) => activeTab && newTexts(activeTab).length > 1);
			void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.showsChanges, isShown);
		};
		this.#subscription = vscode.Disposable.from(vscode.window.tabGroups.onDidChangeTabs(tell), vscode.window.tabGroups.onDidChangeTabGroups(tell));
	}

	/** The document that shows what a file would become. */
	uriOf(id: string, file: vscode.Uri): vscode.Uri {
		return vscode.Uri.from({ scheme: EDIT_SCHEME, path: file.path, query: id });
	}

	/** Opens the difference, at `line` where it is of one file. */
	async open(id: string, title: string, files: readonly vscode.Uri[], line: number): Promise<void> {
		const [first, ...others] = files;
		if (!first) return;
		if (others.length > 0) {
			await vscode.commands.executeCommand(
				'vscode.changes',
				title,
				files.map((file) => [file, file, this.uriOf(id, file)]),
			);
			// Else the next file that is opened takes its place.
			await vscode.commands.executeCommand('workbench.action.keepEditor');
			return;
		}
		await vscode.commands.executeCommand('vscode.diff', first, this.uriOf(id, first), title, { preview: false, selection: new vscode.Range(line, 0, line, 0) });
	}

	/** The change that a button of an editor's title means, else the one in the active tab. */
	shown(uri: unknown): string | undefined {
		if (uri instanceof vscode.Uri && uri.scheme === EDIT_SCHEME) return uri.query;
		const { activeTab } = vscode.window.tabGroups.activeTabGroup;
		return activeTab && newTexts(activeTab)[0]?.query;
	}

	async close(id: string): Promise<void> {
		await vscode.window.tabGroups.close(allTabs().filter((tab) => newTexts(tab).some(({ query }) => query === id)));
	}

	dispose(): void {
		this.#subscription.dispose();
	}
}

function allTabs(): vscode.Tab[] {
	return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

/** The documents with new texts that a tab shows. */
function newTexts({ input }: vscode.Tab): vscode.Uri[] {
	const differences: readonly unknown[] = hasTextDiffs(input) ? input.textDiffs : [input];
	return differences.flatMap((difference) => (difference instanceof vscode.TabInputTextDiff && difference.modified.scheme === EDIT_SCHEME ? [difference.modified] : []));
}

/** What a tab of several differences holds has no type in the stable interface. */
function hasTextDiffs(input: unknown): input is { readonly textDiffs: readonly unknown[] } {
	return typeof input === 'object' && input !== null && 'textDiffs' in input && Array.isArray(input.textDiffs);
}
