import type { KnowledgeHit } from './hit.ts';
import type { EditorDiagnostic } from './question.ts';

/** Where a command ran: in a terminal as the user typed it, or as a task of the editor. */
export type CommandSource = 'terminal' | 'task';

/** A command that has ended. */
export interface CommandRun {
	readonly source: CommandSource;
	/** As it was typed; of a task, where it comes from and its name. */
	readonly commandLine: string;
	/** Absolute; null where it is not known. */
	readonly cwd: string | null;
	readonly exitCode: number;
	/** The end of what it printed, control sequences included; empty where it passed, or nobody read it. */
	readonly output: string;
	/** What the task's problem matchers made of its output. */
	readonly diagnostics: readonly EditorDiagnostic[];
	/** Files that were changed in the editor and not on the disk when it started: it has not seen those changes. Absolute. */
	readonly unsavedPaths: readonly string[];
	/** When it started and ended, milliseconds since 1970. */
	readonly startedMs: number;
	readonly timeMs: number;
}

/** An edit of an answer that the user applied. */
export interface AnswerEdit extends ChangedPiece {
	/** The answer's; empty for a fix that needed no model. */
	readonly interactionId: string;
}

/** A piece of a file that was changed. */
export interface ChangedPiece {
	/** Absolute. */
	readonly path: string;
	/** The lines that were replaced, and those that stand there instead. */
	readonly before: string;
	readonly after: string;
}

/** An error that a command printed. */
export interface CommandError {
	/** What printed it: `pytest`, `tsc`, `rustc`. */
	readonly tool: string;
	/** The rule, the error number or the exception's class; empty where there is none. */
	readonly code: string;
	readonly message: string;
	/** The test that failed; null where it was none. */
	readonly test: string | null;
	/** The file that the test is in, as it was printed; absent where it is not told. */
	readonly testPath?: string;
	/** As it was printed; null where no place is named. */
	readonly path: string | null;
	/** 1-based. */
	readonly line: number | null;
}

/** A command that failed, to be asked about. Everything is redacted. */
export interface FailedCommand {
	readonly source: CommandSource;
	readonly commandLine: string;
	readonly exitCode: number;
	readonly timeMs: number;
	readonly errors: readonly CommandError[];
	/** The part of what it printed that the errors are in. */
	readonly excerpt: string;
	/** Files of the open folders that the errors name, absolute, with the line. None that may hold secrets. */
	readonly files: readonly { readonly path: string; readonly line: number | null }[];
	/** What solved errors of this kind before, best first. */
	readonly solutions: readonly KnowledgeHit[];
}
