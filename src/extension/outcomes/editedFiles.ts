import * as vscode from 'vscode';
import { committed, EDITED_MS, type EditedFile, latest, type RecentQuestion, savedAfter } from './editedFile.ts';
import { listenToCommits } from './gitCommits.ts';
import type { OutcomeReporter } from './outcomeReporter.ts';

/** Files whose edits no commit has taken in yet, kept between windows. */
const STATE_KEY = 'outcomes.edited';

/** Reports which files the user changes after a question, when they are saved and when they are committed. */
export class EditedFiles implements vscode.Disposable {
	readonly #reporter: OutcomeReporter;
	readonly #state: Pick<vscode.Memento, 'get' | 'update'>;
	readonly #subscriptions: vscode.Disposable;
	/** When files were changed last, of those that were not saved since. */
	readonly #changedMs = new Map<string, number>();
	#questions: readonly RecentQuestion[] = [];
	#edited: readonly EditedFile[];

	constructor(reporter: OutcomeReporter, state: Pick<vscode.Memento, 'get' | 'update'>) {
		this.#reporter = reporter;
		this.#state = state;
		this.#edited = state.get<readonly EditedFile[]>(STATE_KEY, []);
		this.#subscriptions = vscode.Disposable.from(
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				// Not asked whether it is dirty: the first change comes before the editor says so.
				if (contentChanges.length > 0 && this.#questions.length > 0) this.#changedMs.set(document.uri.toString(), Date.now());
			}),
			vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)),
			listenToCommits((root, read, readBefore) => void this.#lookAtCommit(root, read, readBefore)),
		);
	}

	/** A question of the user was answered. */
	answered(question: Omit<RecentQuestion, 'timeMs'>): void {
		this.#questions = latest([...this.#questions, { ...question, timeMs: Date.now() }]);
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}

	/** A save without a change tells nothing. */
	#saved(document: vscode.TextDocument): void {
		const uri = document.uri.toString();
		const changedMs = this.#changedMs.get(uri);
		this.#changedMs.delete(uri);
		if (changedMs === undefined || document.uri.scheme !== 'file') return;
		const saved = { uri, path: document.uri.fsPath, text: document.getText(), changedMs, timeMs: Date.now() };
		const { edited, signals } = savedAfter(this.#edited, this.#questions, saved);
		if (edited !== this.#edited) this.#keep(edited);
		this.#reporter.report(...signals);
	}

	async #lookAtCommit(root: vscode.Uri, read: (uri: vscode.Uri) => Promise<string>, readBefore: (uri: vscode.Uri) => Promise<string>): Promise<void> {
		const now = Date.now();
		for (const file of this.#edited) {
			const uri = vscode.Uri.parse(file.uri);
			if (uri.scheme !== root.scheme || !uri.path.startsWith(`${root.path}/`)) continue;
			const text = await read(uri).catch(() => null);
			const before = await readBefore(uri).catch(() => null);
			// It may have been saved anew meanwhile.
			const current = this.#edited.find(({ id }) => id === file.id);
			const signal = text === null || !current ? null : committed(current, uri.fsPath, { before, now: text }, now);
			if (!signal) continue;
			this.#reporter.report(signal);
			this.#keep(this.#edited.filter(({ id }) => id !== file.id));
		}
	}

	#keep(edited: readonly EditedFile[]): void {
		this.#edited = edited.filter(({ timeMs }) => Date.now() - timeMs <= EDITED_MS);
		void this.#state.update(STATE_KEY, this.#edited);
	}
}
