import * as vscode from 'vscode';
import type { CommandRun } from '#protocol/messages';
import { OutputTail } from './outputTail.ts';
import { TaskWatch } from './taskWatch.ts';
import { unsavedPaths } from './unsavedPaths.ts';

/** Ended by the user, by a signal: that says nothing of the code. */
const INTERRUPTED: readonly number[] = [130, 143];
/** The last of what was printed may come after the end is told. */
const REST_MS = 1_000;

interface Recording {
	readonly tail: OutputTail;
	readonly isRead: Promise<void>;
	readonly startedMs: number;
	readonly unsavedPaths: readonly string[];
}

/**
 * Tells of commands that ended, in the order in which they did: those of terminals with shell integration, and tasks with what their terminals show and
 * their problem matchers found. Nothing is read while `isOn` says no.
 */
export function listenToCommands(isOn: () => boolean, onEnd: (run: CommandRun) => Promise<void>): vscode.Disposable {
	const recordings = new WeakMap<vscode.TerminalShellExecution, Recording>();
	let last: Promise<void> = Promise.resolve();
	const tell = (run: Promise<CommandRun | null>) => {
		last = last
			.then(async () => {
				const ended = await run;
				if (ended && !INTERRUPTED.includes(ended.exitCode)) await onEnd(ended);
			})
			.catch(() => undefined);
	};
	const tasks = new TaskWatch(isOn, tell);

	async function read(execution: vscode.TerminalShellExecution, tail: OutputTail): Promise<void> {
		for await (const piece of execution.read()) tail.push(piece);
	}

	async function ended({ terminal, execution, exitCode, shellIntegration }: vscode.TerminalShellExecutionEndEvent): Promise<CommandRun | null> {
		const recording = recordings.get(execution);
		if (!recording) return null;
		const timeMs = Date.now();
		await Promise.race([recording.isRead, new Promise((resolve) => setTimeout(resolve, REST_MS))]);
		const { tail, startedMs, unsavedPaths: unsaved } = recording;
		// A shell that has only just started tells its folder late.
		const cwd = (execution.cwd ?? shellIntegration.cwd)?.fsPath ?? null;
		if (tasks.takeOutput(await terminal.processId, { output: tail.text, cwd })) return null;
		const commandLine = execution.commandLine.value.trim();
		if (exitCode === undefined || commandLine === '') return null;
		const output = exitCode === 0 ? '' : tail.text;
		return { source: 'terminal', commandLine, cwd, exitCode, output, diagnostics: [], unsavedPaths: unsaved, startedMs, timeMs };
	}

	return vscode.Disposable.from(
		tasks,
		vscode.window.onDidStartTerminalShellExecution(({ execution }) => {
			if (!isOn()) return;
			const tail = new OutputTail();
			const isRead = read(execution, tail).catch(() => undefined);
			recordings.set(execution, { tail, isRead, startedMs: Date.now(), unsavedPaths: unsavedPaths() });
		}),
		vscode.window.onDidEndTerminalShellExecution((event) => tell(ended(event))),
	);
}
