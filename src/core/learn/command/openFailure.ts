import type { AnswerEdit, CommandError, CommandSource } from '#core/domain/commandRun';

/** What an answer of the user's did, or may have done, about an error. */
export interface Attempt {
	/** The answer's; empty where a fix was applied that needed no model. */
	readonly interactionId: string;
	/** The answer's text; empty where only its edit is known. */
	readonly answer: string;
	readonly edits: readonly AnswerEdit[];
	/** True: it was asked about the error, or its edit is in a file that the error names. Else it was applied while the error stood. */
	readonly isAbout: boolean;
	readonly isLocalOnly: boolean;
	/** Whether anything was done since: without it, what passes now would have passed before. */
	readonly isDone: boolean;
	/** Whether what passed since was counted for it, though the command itself did not run again. */
	readonly isCounted?: boolean;
	/** When it was last added to. */
	readonly timeMs: number;
}

/** A kind of error that a command failed with, and what was tried since. */
export interface OpenError {
	readonly error: CommandError;
	/** See `commandSignature`. */
	readonly key: string;
	readonly firstSeenMs: number;
	readonly attempts: readonly Attempt[];
	/** Whether another command, which runs what failed, has passed since. */
	readonly isGone?: boolean;
	/** Attempts after which it was there again. */
	readonly failures: number;
}

/** A command that failed and has not passed since. */
export interface OpenFailure {
	readonly workspaceId: string;
	readonly source: CommandSource;
	readonly commandLine: string;
	/** Absolute; where it is not known, the folder's. */
	readonly cwd: string;
	readonly exitCode: number;
	readonly errors: readonly OpenError[];
	/** See `FailedCommand`. */
	readonly excerpt: string;
	readonly files: readonly { readonly path: string; readonly line: number | null }[];
	/** When it failed last. */
	readonly timeMs: number;
}

/** What a run of a command says of an error that it had failed with. */
export interface CommandVerdict {
	readonly workspaceId: string;
	readonly source: CommandSource;
	readonly commandLine: string;
	readonly error: CommandError;
	readonly firstSeenMs: number;
	/** The attempt that the command passed after, or those after which it failed with the same error. */
	readonly attempts: readonly Attempt[];
	readonly hasPassed: boolean;
	/** Of a passed one: attempts before it that failed. */
	readonly failures: number;
}

/** An edit that has nothing to do with the error by name counts for it only so long after. */
const MEANWHILE_MS = 30 * 60_000;
const MAX_ATTEMPTS = 10;
const MAX_EDITS = 10;

/** Adds an answer to what was tried about an error. */
export function withAnswer(open: OpenError, answer: Pick<Attempt, 'interactionId' | 'answer' | 'isLocalOnly' | 'timeMs'>): OpenError {
	return withAttempt(open, { ...answer, edits: [], isAbout: true, isDone: false });
}

/**
 * Adds an applied edit, where it may have to do with the error: its answer was about it; or about none, and the error names the file, or is all there
 * is and was just there.
 */
export function withEdit(failure: OpenFailure, open: OpenError, edit: AnswerEdit, timeMs: number): OpenError {
	const { errors, files } = failure;
	const isOfAnswer = ({ interactionId, isAbout }: Attempt) => isAbout && interactionId !== '' && interactionId === edit.interactionId;
	const isAsked = open.attempts.some(isOfAnswer);
	const isOfOther = !isAsked && errors.some(({ attempts }) => attempts.some(isOfAnswer));
	const isOnly = errors.length === 1;
	const isNamed = open.error.path === edit.path || (isOnly && files.some(({ path }) => path === edit.path));
	const isMeanwhile = isOnly && timeMs - failure.timeMs <= MEANWHILE_MS;
	if (isOfOther || !(isAsked || isNamed || isMeanwhile)) return open;
	return withAttempt(open, { interactionId: edit.interactionId, answer: '', edits: [edit], isAbout: isAsked || isNamed, isLocalOnly: false, isDone: true, timeMs });
}

function withAttempt(open: OpenError, added: Attempt): OpenError {
	const known = open.attempts.find(({ interactionId }) => interactionId === added.interactionId);
	const attempt: Attempt = known
		? {
				...added,
				answer: added.answer || known.answer,
				edits: [...known.edits, ...added.edits].slice(-MAX_EDITS),
				isAbout: known.isAbout || added.isAbout,
				isLocalOnly: known.isLocalOnly || added.isLocalOnly,
				isDone: known.isDone || added.isDone,
			}
		: added;
	return { ...open, attempts: [...open.attempts.filter((other) => other !== known), attempt].slice(-MAX_ATTEMPTS) };
}

/** Notes that the user did something: of the attempts that `isIt` says it may have been. */
export function withDeed(open: OpenError, isIt: (attempt: Attempt) => boolean): OpenError {
	return { ...open, attempts: open.attempts.map((attempt) => (isIt(attempt) ? { ...attempt, isDone: true } : attempt)) };
}

/** The attempts that a run has seen: done before it started, and not waiting in the editor to be saved. */
export function attemptsSeen({ attempts }: OpenError, { startedMs, unsavedPaths }: { readonly startedMs: number; readonly unsavedPaths: readonly string[] }): Attempt[] {
	return attempts.filter(({ timeMs, isDone, edits }) => isDone && timeMs <= startedMs && !edits.some(({ path }) => unsavedPaths.includes(path)));
}

/** The attempt that is believed to have helped: the last of those about the error that changed something, else the last about it, else the last. */
export function bestAttempt(attempts: readonly Attempt[]): Attempt | null {
	const about = attempts.filter(({ isAbout }) => isAbout);
	return about.findLast(({ edits }) => edits.length > 0) ?? about.at(-1) ?? attempts.at(-1) ?? null;
}
