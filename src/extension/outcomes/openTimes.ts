import * as vscode from 'vscode';

/** A language server has reported by then. */
const KNOWN_MS = 5_000;

/** Since when documents are open: language servers report on those only, so one that was just opened may have errors that nobody has seen. */
export class OpenTimes implements vscode.Disposable {
	readonly #openedMs = new Map<string, number>();
	readonly #subscription: vscode.Disposable;

	constructor() {
		this.#subscription = vscode.Disposable.from(
			vscode.workspace.onDidOpenTextDocument(({ uri }) => this.#openedMs.set(uri.toString(), Date.now())),
			vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#openedMs.delete(uri.toString())),
		);
	}

	/** Whether what is reported of a file by now is all there is: it is open for a while, or something is reported. */
	isKnown(uri: vscode.Uri): boolean {
		const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
		const openedMs = this.#openedMs.get(uri.toString()) ?? 0;
		return (isOpen && Date.now() - openedMs >= KNOWN_MS) || vscode.languages.getDiagnostics(uri).length > 0;
	}

	dispose(): void {
		this.#subscription.dispose();
	}
}
