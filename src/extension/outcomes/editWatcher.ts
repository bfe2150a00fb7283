import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { AppliedChange, ChangeListeners } from '../edits/proposedEdit.ts';
import { ChangeWatches } from './changeWatches.ts';
import type { DiagnosticChange } from './diagnosticChange.ts';
import { FixVerdicts, type VerdictListener } from './fixVerdicts.ts';
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
export class EditWatcher implements ChangeListeners, vscode.Disposable {
	readonly #reporter: OutcomeReporter;
	readonly #state: Pick<vscode.Memento, 'get' | 'update'>;
	readonly #onApplied: (applied: AppliedChange) => void;
	readonly #onWorse: (applied: AppliedChange, change: DiagnosticChange) => void;
	readonly #subscriptions: vscode.Disposable;
	readonly #diagnostics = new ChangeWatches();
	readonly #verdicts: FixVerdicts;
	readonly #undone = new Map<string, NodeJS.Timeout>();
	#watched: readonly WatchedEdit[];

	/** `onApplied` is told of every change, `onVerdict` what is held of one, `onWorse` when one that was for the sake of diagnostics brought new ones. */
	constructor(
		reporter: OutcomeReporter,
		state: Pick<vscode.Memento, 'get' | 'update'>,
		listeners: {
			readonly onApplied: (applied: AppliedChange) => void;
			readonly onWorse: (applied: AppliedChange, change: DiagnosticChange) => void;
			readonly onVerdict: VerdictListener;
		},
	) {
		this.#reporter = reporter;
		this.#state = state;
		this.#onApplied = listeners.onApplied;
		this.#onWorse = listeners.onWorse;
		this.#verdicts = new FixVerdicts(listeners.onVerdict);
		this.#watched = state.get<readonly WatchedEdit[]>(STATE_KEY, []);
		const timer = setInterval(() => void this.#lookLater(), LOOK_EVERY_MS);
		this.#subscriptions = vscode.Disposable.from(
			vscode.workspace.onDidSaveTextDocument((document) => this.#look(document.uri.toString(), document.getText.bind(document), 'save')),
			vscode.workspace.onDidChangeTextDocument(({ document, reason }) => {
				if (reason === undefined || !this.#isWatched(document.uri.toString())) return;
				this.#verdicts.stepped(document);
				this.#lookAfterUndo(document);
			}),
			vscode.workspace.onDidRenameFiles(({ files }) => this.#renamed(files)),
			listenToCommits((root, read) => void this.#lookAtCommit(root, read)),
			listenToTasks((name, hasPassed) => this.#taskEnded(name, hasPassed)),
			{ dispose: () => clearInterval(timer) },
		);
	}

	readonly willApply: ChangeListeners['willApply'] = (files, problem) => this.#diagnostics.willApply(files, problem);

	readonly onApplied = (applied: AppliedChange): void => {
		this.#onApplied(applied);
		const { interactionId, problem, files } = applied;
		const timeMs = Date.now();
		const edits = files.map(({ document, before, edits: lines }): WatchedEdit => {
			const uri = document.uri.toString();
			const file = { uri, subject: vscode.workspace.asRelativePath(document.uri), lines: insertedLines(before, lines) };
			return { id: randomUUID(), interactionId, ...file, timeMs, share: null, isReverted: false, isOld: false };
		});
		this.#keep([...this.#watched, ...edits].slice(-MOST_WATCHED));
		this.#reporter.report(...edits.map((edit) => signalOf(edit, 'edit-applied', 1, timeMs)));
		const [first] = edits;
		if (!first) return;
		// The change is judged as a whole, under the file that it is to clear.
		const judged = { ...first, subject: problem ? vscode.workspace.asRelativePath(problem.uri) : first.subject };
		const verdict = this.#verdicts.start(applied);
		this.#diagnostics.start(applied, {
			onJudged: (value, change) => {
				this.#reporter.report(signalOf(judged, 'diagnostics', value, Date.now()));
				verdict.judged(value);
				if (value < 0 && problem && problem.diagnostics.length > 0) this.#onWorse(applied, change);
			},
			onStanding: () => verdict.judged(-1),
		});
	};

	dispose(): void {
		this.#subscriptions.dispose();
		this.#diagnostics.dispose();
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
			this.#verdicts.settle(uri);
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
