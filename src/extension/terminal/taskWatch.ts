import * as vscode from 'vscode';
import type { CommandRun, EditorDiagnostic } from '#protocol/messages';
import { toEditorDiagnostic } from '../chat/chatRequest.ts';
import { unsavedPaths } from './unsavedPaths.ts';

/** What problem matchers find, and what the terminal says, may come after the end is told. */
const REST_MS = 1_500;
const MAX_FILES = 200;
const MAX_DIAGNOSTICS = 50;

interface Shown {
	readonly output: string;
	readonly cwd: string | null;
}

interface RunningTask {
	readonly execution: vscode.TaskExecution;
	readonly startedMs: number;
	readonly unsavedPaths: readonly string[];
	/** Files whose problems changed while it ran. */
	readonly changed: Map<string, vscode.Uri>;
	readonly shown: Promise<Shown>;
	readonly show: (shown: Shown) => void;
}

/** Tasks that run, by the id of their process, which is how a terminal's output is known to be theirs. */
export class TaskWatch implements vscode.Disposable {
	readonly #running = new Map<number, RunningTask>();
	readonly #subscriptions: vscode.Disposable;

	/** `tell` is told of each task that ended. */
	constructor(isOn: () => boolean, tell: (run: Promise<CommandRun | null>) => void) {
		this.#subscriptions = vscode.Disposable.from(
			vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
				if (isOn()) this.#running.set(processId, running(execution));
			}),
			vscode.languages.onDidChangeDiagnostics(({ uris }) => {
				for (const { changed } of this.#running.values()) for (const uri of uris) if (changed.size < MAX_FILES) changed.set(uri.toString(), uri);
			}),
			vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
				const [id, task] = [...this.#running].find(([, other]) => other.execution === execution) ?? [];
				if (id !== undefined && task && exitCode !== undefined) tell(this.#ended(id, task, exitCode));
			}),
		);
	}

	/** Takes what a terminal shows where a task runs in it. False: none does. */
	takeOutput(processId: number | undefined, shown: Shown): boolean {
		const task = processId === undefined ? undefined : this.#running.get(processId);
		task?.show(shown);
		return task !== undefined;
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}

	async #ended(id: number, { execution, startedMs, unsavedPaths: unsaved, changed, shown }: RunningTask, exitCode: number): Promise<CommandRun> {
		const timeMs = Date.now();
		const { task } = execution;
		const rest = new Promise<null>((resolve) => setTimeout(resolve, REST_MS, null));
		const seen = await Promise.race([shown, rest]);
		if (exitCode !== 0) await rest;
		this.#running.delete(id);
		const folder = typeof task.scope === 'object' ? task.scope.uri.fsPath : null;
		return {
			source: 'task',
			commandLine: `${task.source}: ${task.name}`,
			cwd: seen?.cwd ?? folder,
			exitCode,
			output: exitCode === 0 ? '' : (seen?.output ?? ''),
			diagnostics: exitCode === 0 ? [] : errorsIn([...changed.values()]),
			unsavedPaths: unsaved,
			startedMs,
			timeMs,
		};
	}
}

function running(execution: vscode.TaskExecution): RunningTask {
	let show: RunningTask['show'] = () => undefined;
	const shown = new Promise<Shown>((resolve) => {
		show = resolve;
	});
	return { execution, startedMs: Date.now(), unsavedPaths: unsavedPaths(), changed: new Map(), shown, show };
}

function errorsIn(uris: readonly vscode.Uri[]): EditorDiagnostic[] {
	return uris
		.filter(({ scheme }) => scheme === 'file')
		.flatMap((uri) =>
			vscode.languages
				.getDiagnostics(uri)
				.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error)
				.map((diagnostic) => toEditorDiagnostic(uri, diagnostic)),
		)
		.slice(0, MAX_DIAGNOSTICS);
}
