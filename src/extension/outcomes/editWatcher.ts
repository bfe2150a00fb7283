import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { AppliedEdit } from '../edits/editPreviews.ts';
import type { DiagnosticChange, DiagnosticView } from './diagnosticChange.ts';
import { viewDiagnostics, watchDiagnostics } from './diagnosticWatch.ts';
import { listenToCommits } from './gitCommits.ts';
import type { OutcomeReporter } from './outcomeReporter.ts';
import { insertedLines } from './survival.ts';
import { listenToTasks } from './taskResults.ts';
import { isTold, LATER_MS, lookAfterUndo, lookAt, MOST_WATCHED, type SurvivalMoment, signalOf, WATCHED_MS, type WatchedEdit } from './watchedEdit.ts';

/** Edits whose fate is not known yet, kept between windows. */
const STATE_KEY = 'outcomes.watched';
const LOOK_EVERY_MS = 60_000;
/** Undo and redo come in rows. */
const PAUSE_MS = 150;

/** Reports applied edits and what becomes of them: saved, old, committed, undone, judged by diagnostics and by tasks. */
export class EditWatcher implements vscode.Disposable {
	readonly #reporter: OutcomeReporter;
	readonly #state: Pick<vscode.Memento, 'get' | 'update'>;
	readonly #onApplied: (applied: AppliedEdit) => void;
	readonly #onWorse: (applied: AppliedEdit, change: DiagnosticChange) => void;
	readonly #onJudged: (applied: AppliedEdit, value: 1 | -1) => void;
	readonly #subscriptions: vscode.Disposable;
	readonly #views = new Map<string, DiagnosticView>();
	readonly #diagnostics = new Map<string, vscode.Disposable>();
	readonly #undone = new Map<string, NodeJS.Timeout>();
	#watched: readonly WatchedEdit[];

	/** `onApplied` is told of every edit, `onJudged` what an edit did to diagnostics, `onWorse` when one that was for their sake brought new ones. */
	constructor(
		reporter: OutcomeReporter,
		state: Pick<vscode.Memento, 'get' | 'update'>,
		listeners: {
			readonly onApplied: (applied: AppliedEdit) => void;
			readonly onWorse: (applied: AppliedEdit, change: DiagnosticChange) => void;
			readonly onJudged: (applied: AppliedEdit, value: 1 | -1) => void;
		},
	) {
		this.#reporter = reporter;
		this.#state = state;
		this.#onApplied = listeners.onApplied;
		this.#onWorse = listeners.onWorse;
		this.#onJudged = listeners.onJudged;
		this.#watched = state.get<readonly WatchedEdit[]>(STATE_KEY, []);
		const timer = setInterval(() => void this.#lookLater(), LOOK_EVERY_MS);
		this.#subscriptions = vscode.Disposable.from(
			vscode.workspace.onDidSaveTextDocument((document) => this.#look(document.uri.toString(), document.getText.bind(document), 'save')),
			vscode.workspace.onDidChangeTextDocument(({ document, reason }) => {
				if (reason !== undefined && this.#isWatched(document.uri.toString())) this.#lookAfterUndo(document);
			}),
			vscode.workspace.onDidRenameFiles(({ files }) => this.#renamed(files)),
			listenToCommits((root, read) => void this.#lookAtCommit(root, read)),
			listenToTasks((name, hasPassed) => this.#taskEnded(name, hasPassed)),
			{ dispose: () => clearInterval(timer) },
		);
	}

	readonly willApply = ({ uri }: { readonly uri: vscode.Uri }): void => {
		this.#views.set(uri.toString(), viewDiagnostics(uri));
	};

	readonly onApplied = (applied: AppliedEdit): void => {
		this.#onApplied(applied);
		const { proposed, document, before, edits } = applied;
		const { interactionId, uri, diagnostics } = proposed;
		const key = uri.toString();
		const edit: WatchedEdit = {
			id: randomUUID(),
			interactionId,
			uri: key,
			subject: vscode.workspace.asRelativePath(uri),
			timeMs: Date.now(),
			lines: insertedLines(before, edits),
			share: null,
			isReverted: false,
			isOld: false,
		};
		this.#keep([...this.#watched, edit].slice(-MOST_WATCHED));
		this.#reporter.report(signalOf(edit, 'edit-applied', 1, edit.timeMs));
		const view = this.#views.get(key);
		this.#views.delete(key);
		if (!view) return;
		this.#diagnostics.get(key)?.dispose();
		const watch = watchDiagnostics({
			document,
			before: view,
			inQuestion: diagnostics,
			onJudged: (value, change) => {
				this.#reporter.report(signalOf(edit, 'diagnostics', value, Date.now()));
				this.#onJudged(applied, value);
				if (value < 0 && diagnostics.length > 0) this.#onWorse(applied, change);
			},
		});
		this.#diagnostics.set(key, watch);
	};

	dispose(): void {
		this.#subscriptions.dispose();
		for (const watch of this.#diagnostics.values()) watch.dispose();
		for (const timer of this.#undone.values()) clearTimeout(timer);
	}

	#isWatched(uri: string): boolean {
		return this.#watched.some((edit) => edit.uri === uri);
	}

	#look(uri: string, text: () => string, moment: SurvivalMoment): void {
		if (!this.#isWatched(uri)) return;
		const now = text();
		this.#update((edit) => (edit.uri === uri ? lookAt(edit, now, moment, Date.now()) : null));
	}

	#lookAfterUndo(document: vscode.TextDocument): void {
		const uri = document.uri.toString();
		clearTimeout(this.#undone.get(uri));
		const look = () => {
			this.#undone.delete(uri);
			if (document.isClosed) return;
			const text = document.getText();
			this.#update((edit) => (edit.uri === uri ? lookAfterUndo(edit, text, Date.now()) : null));
		};
		this.#undone.set(uri, setTimeout(look, PAUSE_MS));
	}

	/** The look after half an hour, at once for what became old while no window was open; forgets what is too old. */
	async #lookLater(): Promise<void> {
		const now = Date.now();
		if (this.#watched.some(({ timeMs }) => now - timeMs > WATCHED_MS)) this.#keep(this.#watched.filter(({ timeMs }) => now - timeMs <= WATCHED_MS));
		for (const { id, uri } of this.#watched.filter(({ isOld, timeMs }) => !isOld && now - timeMs >= LATER_MS)) {
			const text = await readText(vscode.Uri.parse(uri));
			this.#update((edit) => (edit.id === id ? (text === null ? { edit: { ...edit, isOld: true }, signal: null } : lookAt(edit, text, 'later', now)) : null));
		}
	}

	async #lookAtCommit(root: vscode.Uri, read: (uri: vscode.Uri) => Promise<string>): Promise<void> {
		for (const { id, uri } of this.#watched) {
			const file = vscode.Uri.parse(uri);
			if (file.scheme !== root.scheme || !file.path.startsWith(`${root.path}/`)) continue;
			const committed = await read(file).catch(() => null);
			const current = await readText(file);
			if (committed === null || current === null) continue;
			const told = this.#watched.find((edit) => edit.id === id && isTold(edit, committed, current));
			if (!told) continue;
			this.#update((edit) => (edit.id === id ? lookAt(edit, committed, 'commit', Date.now()) : null));
			this.#keep(this.#watched.filter((edit) => edit.id !== id));
		}
	}

	#renamed(files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): void {
		const moved = new Map(files.map(({ oldUri, newUri }) => [oldUri.toString(), newUri.toString()]));
		if (this.#watched.some(({ uri }) => moved.has(uri))) this.#keep(this.#watched.map((edit) => ({ ...edit, uri: moved.get(edit.uri) ?? edit.uri })));
	}

	#taskEnded(name: string, hasPassed: boolean): void {
		const now = Date.now();
		const recent = this.#watched.filter(({ timeMs, isReverted }) => !isReverted && now - timeMs <= LATER_MS);
		this.#reporter.report(...recent.map((edit) => ({ ...signalOf(edit, 'task', hasPassed ? 1 : -1, now), subject: name })));
	}

	#update(look: (edit: WatchedEdit) => ReturnType<typeof lookAt> | null): void {
		const looked = this.#watched.map((edit) => look(edit) ?? { edit, signal: null });
		if (looked.every(({ edit }, index) => edit === this.#watched[index])) return;
		this.#keep(looked.map(({ edit }) => edit));
		this.#reporter.report(...looked.flatMap(({ signal }) => signal ?? []));
	}

	#keep(watched: readonly WatchedEdit[]): void {
		this.#watched = watched;
		void this.#state.update(STATE_KEY, watched);
	}
}

/** The text of a file as the editor has it, else as the disk does; null where it is gone. */
async function readText(uri: vscode.Uri): Promise<string | null> {
	const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
	if (open) return open.getText();
	return Promise.resolve(vscode.workspace.fs.readFile(uri)).then(
		(bytes) => new TextDecoder().decode(bytes),
		() => null,
	);
}
