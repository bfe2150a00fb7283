import type { AnswerEdit, CommandRun } from '#core/domain/commandRun';
import { cleanOutput } from './cleanOutput.ts';
import { commandSignature } from './commandSignature.ts';
import { covers } from './coveringRun.ts';
import { quotedErrors } from './findErrors.ts';
import { attemptsSeen, bestAttempt, type CommandVerdict, type OpenError, type OpenFailure, withAnswer, withDeed, withEdit } from './openFailure.ts';

/** A command that ended, read and redacted. */
export interface ReadRun extends Pick<CommandRun, 'source' | 'commandLine' | 'exitCode' | 'startedMs' | 'unsavedPaths' | 'timeMs'> {
	readonly workspaceId: string;
	/** Absolute; where it is not known, the folder's. */
	readonly cwd: string;
	readonly errors: readonly OpenError['error'][];
	readonly excerpt: string;
	readonly files: OpenFailure['files'];
}

/** An answer that the user got. */
export interface AnsweredQuestion {
	readonly interactionId: string;
	readonly query: string;
	readonly answer: string;
	readonly isLocalOnly: boolean;
	readonly timeMs: number;
}

const MAX_FAILURES = 50;
const MAX_ERRORS = 20;
/** What has not passed by then is not waited for. */
const WATCHED_MS = 24 * 3_600_000;
/** A shorter message may stand in a question by chance. */
const SHORTEST_QUOTE = 12;
/** A shorter command may stand in an answer by chance. */
const SHORTEST_COMMAND = 6;

/**
 * Commands that failed in this window, until they pass: what was asked about their errors and applied meanwhile. In memory alone, since it is
 * nothing that was learned yet: what it says is handed out as verdicts when the command runs again.
 */
export class CommandWatch {
	/** By command; the last to fail is the last. */
	readonly #failures = new Map<string, OpenFailure>();

	/** The command that failed last and has not passed since, nor has all that it failed with in other commands; null: none. */
	get last(): OpenFailure | null {
		return [...this.#failures.values()].findLast(({ errors }) => errors.length === 0 || errors.some(({ isGone }) => !isGone)) ?? null;
	}

	/** Takes a run in and tells what it says of the errors before it. */
	ended(run: ReadRun): readonly CommandVerdict[] {
		const key = [run.workspaceId, run.source, run.cwd, run.commandLine.replace(/\s+/g, ' ').trim()].join('\n');
		const before = this.#failures.get(key);
		this.#failures.delete(key);
		for (const [other, { timeMs }] of this.#failures) if (run.timeMs - timeMs > WATCHED_MS) this.#failures.delete(other);
		if (run.exitCode === 0) return this.#passed(before, run);
		const verdicts = before?.errors.flatMap((open) => failedAgain(before, open, run)) ?? [];
		this.#failures.set(key, { ...run, errors: merged(before?.errors ?? [], run) });
		const [oldest] = this.#failures.keys();
		if (this.#failures.size > MAX_FAILURES && oldest !== undefined) this.#failures.delete(oldest);
		return verdicts;
	}

	/** An answer counts as tried where the question quotes an error. */
	answered({ query, ...answer }: AnsweredQuestion): void {
		if (this.#failures.size === 0) return;
		const quoted = quotedErrors(cleanOutput(query));
		this.#change((_, open) => (isQuoted(open, query, quoted) ? withAnswer(open, answer) : open));
	}

	edited(edit: AnswerEdit, timeMs: number): void {
		this.#change((failure, open) => withEdit(failure, open, edit, timeMs));
	}

	/** Files of a folder were changed, by whomever. */
	changed(workspaceId: string): void {
		this.#change((failure, open) => (failure.workspaceId === workspaceId ? withDeed(open, () => true) : open));
	}

	/** The user took edits of these answers back, or deleted the answers: nothing comes of them. */
	withdraw(interactionIds: readonly string[]): void {
		this.#change((_, open) => ({ ...open, attempts: open.attempts.filter(({ interactionId }) => !interactionIds.includes(interactionId)) }));
	}

	/** Forgets all. */
	clear(): void {
		this.#failures.clear();
	}

	/** What it says of what it failed with before, and of what others failed with that it has run too: each kind once. */
	#passed(before: OpenFailure | undefined, run: ReadRun): CommandVerdict[] {
		this.#ran(run);
		const verdicts = new Map<string, CommandVerdict>();
		const draw = (failure: OpenFailure, open: OpenError): OpenError => {
			const verdict = passed(failure, open, run);
			if (verdict && !verdicts.has(open.key)) verdicts.set(open.key, verdict);
			return { ...open, isGone: true, attempts: open.attempts.map((attempt) => (verdict?.attempts.includes(attempt) ? { ...attempt, isCounted: true } : attempt)) };
		};
		if (before) for (const open of before.errors) draw(before, open);
		this.#change((failure, open) => (failure.workspaceId === run.workspaceId && covers(run, failure, open.error) ? draw(failure, open) : open));
		return [...verdicts.values()];
	}

	/** A command that an answer names was run. */
	#ran({ workspaceId, commandLine }: ReadRun): void {
		if (commandLine.length < SHORTEST_COMMAND) return;
		this.#change((failure, open) => (failure.workspaceId === workspaceId ? withDeed(open, ({ answer }) => answer.includes(commandLine)) : open));
	}

	#change(change: (failure: OpenFailure, open: OpenError) => OpenError): void {
		for (const [key, failure] of this.#failures) this.#failures.set(key, { ...failure, errors: failure.errors.map((open) => change(failure, open)) });
	}
}

/** Null where nothing was tried, or what was is counted already. */
function passed({ workspaceId, source, commandLine }: OpenFailure, open: OpenError, run: ReadRun): CommandVerdict | null {
	const attempt = bestAttempt(attemptsSeen(open, run));
	const { error, firstSeenMs, failures } = open;
	return attempt && !attempt.isCounted ? { workspaceId, source, commandLine, error, firstSeenMs, attempts: [attempt], hasPassed: true, failures } : null;
}

function failedAgain({ workspaceId, source, commandLine }: OpenFailure, open: OpenError, run: ReadRun): CommandVerdict[] {
	if (!isIn(open, run)) return [];
	const attempts = attemptsSeen(open, run).filter(({ isAbout }) => isAbout);
	const { error, firstSeenMs } = open;
	return attempts.length > 0 ? [{ workspaceId, source, commandLine, error, firstSeenMs, attempts, hasPassed: false, failures: 0 }] : [];
}

/** The errors that stand now: what was tried about one that is there again has failed; one that is not there waits for the command to pass. */
function merged(before: readonly OpenError[], run: ReadRun): readonly OpenError[] {
	const kept = before.map((open) => {
		if (!isIn(open, run)) return open;
		const seen = attemptsSeen(open, run);
		const failures = open.failures + seen.filter(({ isAbout }) => isAbout).length;
		return { ...open, isGone: false, attempts: open.attempts.filter((attempt) => !seen.includes(attempt)), failures };
	});
	const known = new Set(before.map(({ key }) => key));
	const added = run.errors.map((error) => ({ error, key: commandSignature(error).key, firstSeenMs: run.timeMs, attempts: [], failures: 0 }));
	return [...kept, ...added.filter(({ key }) => !known.has(key))].slice(-MAX_ERRORS);
}

function isIn({ key }: OpenError, { errors }: ReadRun): boolean {
	return errors.some((error) => commandSignature(error).key === key);
}

function isQuoted({ error, key }: OpenError, query: string, quoted: readonly OpenError['error'][]): boolean {
	if (error.message.length >= SHORTEST_QUOTE && query.includes(error.message)) return true;
	const { shape } = commandSignature(error);
	return quoted.some((other) => {
		const signature = commandSignature(other);
		return signature.key === key || (other.tool === '' && other.code === error.code && signature.shape === shape);
	});
}
