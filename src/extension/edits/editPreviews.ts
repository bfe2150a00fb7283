import * as vscode from 'vscode';
import { command } from '../commands/command.ts';
import { COMMANDS, EDIT_SCHEME } from '../ids.ts';
import { openAll, type PlacedEdit, placeEdit } from './placedEdit.ts';
import { PreviewTabs } from './previewTabs.ts';
import { type ChangeListeners, nameOf, type ProposedChange, toTextEdit } from './proposedEdit.ts';

/** Changes that wait for a decision; older ones are dropped. */
const KEPT = 20;

interface Preview {
	readonly change: ProposedChange;
	readonly files: readonly PlacedEdit[];
}

/** Shows changes as differences with *Apply* and *Discard*, and applies each as one step that can be undone: all of its files, or none. */
export class EditPreviews implements vscode.Disposable, vscode.TextDocumentContentProvider {
	readonly #previews = new Map<string, Preview>();
	readonly #tabs = new PreviewTabs();
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly #listeners: ChangeListeners;
	readonly #subscriptions: vscode.Disposable;
	#count = 0;

	readonly onDidChange = this.#changed.event;

	constructor(listeners: ChangeListeners) {
		this.#listeners = listeners;
		this.#subscriptions = vscode.Disposable.from(
			this.#tabs,
			this.#changed,
			vscode.workspace.registerTextDocumentContentProvider(EDIT_SCHEME, this),
			command(COMMANDS.applyEdit, (uri) => this.#apply(this.#tabs.shown(uri))),
			command(COMMANDS.discardEdit, (uri) => this.#discard(this.#tabs.shown(uri))),
		);
	}

	/** Opens the difference. False, with the reason shown, where one of its edits has no place. */
	async show(change: ProposedChange): Promise<boolean> {
		const documents = await openAll(change.files);
		const files = documents && place(change.files, documents);
		if (!files) return false;
		const id = String(++this.#count);
		this.#previews.set(id, { change, files });
		const [oldest] = this.#previews.keys();
		if (this.#previews.size > KEPT && oldest !== undefined) this.#previews.delete(oldest);
		const uris = change.files.map(({ uri }) => uri);
		const name = nameOf(change.problem?.uri ?? uris[0] ?? vscode.Uri.from({ scheme: EDIT_SCHEME }));
		const { t } = vscode.l10n;
		await this.#tabs.open(
			id,
			uris.length > 1 ? t('{0}: apply these changes?', name) : t('{0}: apply this change?', nameOf(uris[0] as vscode.Uri)),
			uris,
			firstLine(files[0]),
		);
		return true;
	}

	provideTextDocumentContent(uri: vscode.Uri): string {
		return this.#previews.get(uri.query)?.files.find(({ proposed }) => proposed.uri.path === uri.path)?.after ?? '';
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}

	async #apply(id: string | undefined): Promise<void> {
		const preview = id === undefined ? undefined : this.#previews.get(id);
		if (id === undefined || !preview) return;
		const { change, files } = preview;
		const documents = await openAll(change.files);
		if (!documents) return;
		// From here on nothing is waited for until the edits are handed over, so what was compared is what is changed.
		if (files.some(({ before }, index) => documents[index]?.getText() !== before)) return this.#placeAnew(id, preview, documents);
		this.#listeners.willApply(
			change.files.map(({ uri }) => uri),
			change.problem,
		);
		const edit = new vscode.WorkspaceEdit();
		const applied = files.flatMap(({ before, edits }, index) => {
			const document = documents[index];
			if (!document) return [];
			edit.set(
				document.uri,
				edits.map((lines) => toTextEdit(document, lines)),
			);
			return [{ document, before, edits }];
		});
		if (!(await vscode.workspace.applyEdit(edit))) {
			void vscode.window.showWarningMessage(vscode.l10n.t('The editor refused the change of {0}.', namesOf(change)));
			return;
		}
		await this.#close(id);
		await this.#showResult(preview, documents);
		this.#listeners.onApplied({ ...change, files: applied });
	}

	/** Fits a change to files that are not as they were, to be looked at again. */
	#placeAnew(id: string, { change, files }: Preview, documents: readonly vscode.TextDocument[]): void {
		const { t } = vscode.l10n;
		const changed = files.filter(({ before }, index) => documents[index]?.getText() !== before).map(({ proposed }) => nameOf(proposed.uri));
		const anew = place(change.files, documents, (why) => t('{0} changed meanwhile. {1}', changed.join(', '), why));
		if (!anew) return;
		this.#previews.set(id, { change, files: anew });
		for (const { uri } of change.files) this.#changed.fire(this.#tabs.uriOf(id, uri));
		void vscode.window.showInformationMessage(t('{0} changed meanwhile, and the change was fitted to it. Look at it, and apply it again.', changed.join(', ')));
	}

	/** All files, since language servers report on what is open; in front that of the problem, else the first. */
	async #showResult({ change: { problem }, files }: Preview, documents: readonly vscode.TextDocument[]): Promise<void> {
		const own = documents.findIndex(({ uri }) => uri.toString() === problem?.uri.toString());
		const isElsewhere = own < 0 && problem !== null;
		// It need not be one that can be changed, and may be gone.
		const front = isElsewhere ? await Promise.resolve(vscode.workspace.openTextDocument(problem.uri)).catch(() => documents[0]) : documents[Math.max(0, own)];
		for (const document of documents) {
			if (document !== front) await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
		}
		const line = isElsewhere ? (problem.diagnostics[0]?.range.start.line ?? 0) : firstLine(files[Math.max(0, own)]);
		if (front) await vscode.window.showTextDocument(front, { preview: false, selection: new vscode.Range(line, 0, line, 0) });
	}

	async #discard(id: string | undefined): Promise<void> {
		if (id !== undefined) await this.#close(id);
	}

	async #close(id: string): Promise<void> {
		this.#previews.delete(id);
		await this.#tabs.close(id);
	}
}

/** The edits with their places, all of them; null, and said why, where one has none. */
function place(edits: ProposedChange['files'], documents: readonly vscode.TextDocument[], explain = (why: string) => why): readonly PlacedEdit[] | null {
	const placed: PlacedEdit[] = [];
	for (const [index, edit] of edits.entries()) {
		const document = documents[index];
		const found = document ? placeEdit(edit, document) : '';
		if (typeof found === 'string') {
			void vscode.window.showWarningMessage(explain(found));
			return null;
		}
		placed.push(found);
	}
	return placed;
}

function namesOf({ files }: ProposedChange): string {
	return files.map(({ uri }) => nameOf(uri)).join(', ');
}

function firstLine(placed: PlacedEdit | undefined): number {
	return placed?.edits[0]?.startLine ?? 0;
}
