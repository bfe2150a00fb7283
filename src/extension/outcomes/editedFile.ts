import { randomUUID } from 'node:crypto';
import type { Signal } from '#protocol/messages';
import { lineNumberOf } from './survival.ts';

/** A file that was changed and saved after a question, until a commit takes it in; small and without text, since it is kept between windows. */
export interface EditedFile {
	readonly id: string;
	readonly interactionId: string;
	readonly uri: string;
	readonly timeMs: number;
	/** The text as it was saved last, as a number without white space. */
	readonly text: number;
	/** Who may have changed it where that was not the user for sure. */
	readonly agent?: string;
}

/** A question that edits may be for the sake of. */
export interface RecentQuestion {
	readonly interactionId: string;
	readonly timeMs: number;
	/** Whether another chat asked it of one of our models: of those nobody knows which the user would call questions. */
	readonly isOfOtherChat?: boolean;
	/** The agent that was asked with it, which changes files itself. */
	readonly agent?: string;
}

/** After a question an edit is taken to be for its sake, where the coordinator finds that the file fits it. */
export const AFTER_MS = 30 * 60_000;
/** Questions before an edit that it may belong to: a conversation has several. */
export const MOST_QUESTIONS = 3;
/** The same of other chats, beside those: one, since a chat asks its models for titles and summaries, too. */
export const MOST_OF_OTHER_CHATS = 1;
export const MOST_EDITED = 100;
/** A file that no commit has taken in by then is not watched any more. */
export const EDITED_MS = 7 * 24 * 3_600_000;
/** A longer file is not looked at: saving must not wait. */
const MAX_CHARACTERS = 1_000_000;
/** How sure it is that a file was changed for a question's sake. */
const SAVED = 0.5;
const COMMITTED = 1;

/** A save of a file that was changed. */
export interface SavedFile {
	readonly uri: string;
	readonly path: string;
	readonly text: string;
	/** When it was changed last. */
	readonly changedMs: number;
	readonly timeMs: number;
}

/** The questions that later edits may belong to, in the order in which they were answered. */
export function latest(questions: readonly RecentQuestion[]): readonly RecentQuestion[] {
	const own = questions.filter(({ isOfOtherChat }) => !isOfOtherChat).slice(-MOST_QUESTIONS);
	const others = questions.filter(({ isOfOtherChat }) => isOfOtherChat).slice(-MOST_OF_OTHER_CHATS);
	return questions.filter((question) => own.includes(question) || others.includes(question));
}

/** What a save tells: the files as they are watched from now on, and a signal for every question that did not have the file. */
export function savedAfter(
	edited: readonly EditedFile[],
	questions: readonly RecentQuestion[],
	{ uri, path, text, changedMs, timeMs }: SavedFile,
): { readonly edited: readonly EditedFile[]; readonly signals: readonly Signal[] } {
	const known = edited.filter((file) => file.uri === uri);
	const recent = latest(questions.filter((question) => question.timeMs <= changedMs && changedMs - question.timeMs <= AFTER_MS));
	if ((known.length === 0 && recent.length === 0) || text.length > MAX_CHARACTERS) return { edited, signals: [] };
	const number = lineNumberOf(text);
	const added = recent
		.filter(({ interactionId }) => !known.some((file) => file.interactionId === interactionId))
		.map(({ interactionId, agent }): EditedFile => ({ id: randomUUID(), interactionId, uri, timeMs, text: number, ...(agent === undefined ? {} : { agent }) }));
	return {
		edited: [...edited.map((file) => (file.uri === uri ? { ...file, text: number } : file)), ...added].slice(-MOST_EDITED),
		signals: added.map((file) => signalOf(file, path, SAVED, timeMs)),
	};
}

/**
 * What a commit tells of a file, by its text before and in it: null where it has not taken in what was saved, which may still come. Where both are
 * the same, the edit was taken back.
 */
export function committed(file: EditedFile, path: string, texts: { readonly before: string | null; readonly now: string }, timeMs: number): Signal | null {
	if (lineNumberOf(texts.now) !== file.text) return null;
	const isTakenBack = texts.before !== null && lineNumberOf(texts.before) === file.text;
	return signalOf(file, path, isTakenBack ? 0 : COMMITTED, timeMs);
}

function signalOf({ id, interactionId, agent }: EditedFile, path: string, value: number, timeMs: number): Signal {
	return { id: `edited-after:${id}:${value}`, interactionId, kind: 'edited-after', value, subject: path, source: agent ?? 'editor', timeMs };
}
