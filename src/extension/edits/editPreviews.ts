import * as vscode from 'vscode';
import { command } from '../commands/command.ts';
import { COMMANDS, EDIT_SCHEME } from '../ids.ts';
import { applyLineEdits, type LineEdit } from './codeLines.ts';
import { explainRefusal } from './explainRefusal.ts';
import { isReadOnly, openDocument, type ProposedEdit, toTextEdit } from './proposedEdit.ts';

/** Changes that wait for a decision; older ones are dropped. */
const KEPT = 20;

interface Preview {
	readonly proposed: ProposedEdit;
	/** The text it was placed in, and what comes of it. */
	readonly before: string;
	readonly after: string;
	readonly edits: readonly LineEdit[];
}

/** An edit that the user agreed to and that is in the file now. */
export interface AppliedEdit {
	readonly proposed: Pick<ProposedEdit, 'interactionId' | 'uri' | 'diagnostics'>;
	readonly document: vscode.TextDocument;
	readonly before: string;
	readonly edits: readonly LineEdit[];
}

/** Shows changes as differences with *Apply* and *Discard*, and applies them as one step that can be undone. */
export class EditPreviews implements vscode.Disposable, vscode.TextDocumentContentProvider {
	readonly #previews = new Map<string, Preview>();
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly #willApply: (proposed: Pick<ProposedEdit, 'uri'>) => void;
	readonly #onApplied: (applied: AppliedEdit) => void;
	readonly #subscriptions: vscode.Disposable;
	#count = 0;

	readonly onDidChange = this.#changed.event;

	/** `willApply` is told before the file changes. */
	constructor(listeners: { readonly willApply: (proposed: Pick<ProposedEdit, 'uri'>) => void; readonly onApplied: (applied: AppliedEdit) => void }) {
		this.#willApply = listeners.willApply;
		this.#onApplied = listeners.onApplied;
		this.#subscriptions = vscode.Disposable.from(
			this.#changed,
			vscode.workspace.registerTextDocumentContentProvider(EDIT_SCHEME, this),
			command(COMMANDS.applyEdit, (uri) => this.#apply(shownEdit(uri))),
			command(COMMANDS.discardEdit, (uri) => this.#discard(shownEdit(uri))),
		);
	}

	/** Opens the difference. False, with the reason shown, where the edit has no place. */
	async show(proposed: ProposedEdit): Promise<boolean> {
		if (await isReadOnly(proposed.uri)) {
			void vscode.window.showWarningMessage(vscode.l10n.t('{0} is read-only, so nothing can be applied to it.', nameOf(proposed.uri)));
			return false;
		}
		const document = await openDocument(proposed.uri);
		if (!document) return false;
		const preview = this.#place(proposed, document);
		if (typeof preview === 'string') {
			void vscode.window.showWarningMessage(preview);
			return false;
		}
		const uri = vscode.Uri.from({ scheme: EDIT_SCHEME, path: proposed.uri.path, query: String(++this.#count) });
		this.#previews.set(uri.toString(), preview);
		const [oldest] = this.#previews.keys();
		if (this.#previews.size > KEPT && oldest !== undefined) this.#previews.delete(oldest);
		const [first] = preview.edits;
		const line = first?.startLine ?? 0;
		await vscode.commands.executeCommand('vscode.diff', proposed.uri, uri, vscode.l10n.t('{0}: apply this change?', nameOf(proposed.uri)), {
			preview: false,
			selection: new vscode.Range(line, 0, line, 0),
		});
		return true;
	}

	provideTextDocumentContent(uri: vscode.Uri): string {
		return this.#previews.get(uri.toString())?.after ?? '';
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}

	#place(proposed: ProposedEdit, document: vscode.TextDocument): Preview | string {
		const before = document.getText();
		const placement = proposed.place(before);
		if (placement.kind === 'refused') return explainRefusal(placement.reason, nameOf(proposed.uri));
		return { proposed, before, edits: placement.edits, after: applyLineEdits(before.split(/\r\n|\r|\n/), placement.edits).join('\n') };
	}

	async #apply(uri: vscode.Uri | undefined): Promise<void> {
		const preview = uri && this.#previews.get(uri.toString());
		if (!uri || !preview) return;
		const { proposed, before, edits } = preview;
		const document = await openDocument(proposed.uri);
		if (!document) return;
		if (await isReadOnly(proposed.uri)) {
			void vscode.window.showWarningMessage(vscode.l10n.t('{0} is read-only, so nothing can be applied to it.', nameOf(proposed.uri)));
			return;
		}
		if (document.getText() !== before) {
			const anew = this.#place(proposed, document);
			if (typeof anew === 'string') {
				void vscode.window.showWarningMessage(vscode.l10n.t('The file changed meanwhile. {0}', anew));
				return;
			}
			this.#previews.set(uri.toString(), anew);
			this.#changed.fire(uri);
			void vscode.window.showInformationMessage(vscode.l10n.t('The file changed meanwhile, and the change was fitted to it. Look at it, and apply it again.'));
			return;
		}
		this.#willApply(proposed);
		const edit = new vscode.WorkspaceEdit();
		edit.set(
			proposed.uri,
			edits.map((lines) => toTextEdit(document, lines)),
		);
		if (!(await vscode.workspace.applyEdit(edit))) {
			void vscode.window.showWarningMessage(vscode.l10n.t('The editor refused the change of {0}.', nameOf(proposed.uri)));
			return;
		}
		await this.#close(uri);
		const line = edits[0]?.startLine ?? 0;
		await vscode.window.showTextDocument(document, { preview: false, selection: new vscode.Range(line, 0, line, 0) });
		this.#onApplied({ proposed, document, before, edits });
	}

	async #discard(uri: vscode.Uri | undefined): Promise<void> {
		if (uri) await this.#close(uri);
	}

	async #close(uri: vscode.Uri): Promise<void> {
		this.#previews.delete(uri.toString());
		const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
		const shown = tabs.filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri.toString());
		await vscode.window.tabGroups.close(shown);
	}
}

/** The edit that a button of an editor's title means, else the one in the active editor. */
function shownEdit(uri: unknown): vscode.Uri | undefined {
	if (uri instanceof vscode.Uri && uri.scheme === EDIT_SCHEME) return uri;
	const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
	return input instanceof vscode.TabInputTextDiff && input.modified.scheme === EDIT_SCHEME ? input.modified : undefined;
}

function nameOf(uri: vscode.Uri): string {
	return vscode.workspace.asRelativePath(uri);
}
