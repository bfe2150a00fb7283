import type { Signal } from '#protocol/messages';
import { survivalShare } from './survival.ts';

/** An applied edit whose fate is watched; small and without text, since it is kept between windows. */
export interface WatchedEdit {
	readonly id: string;
	readonly interactionId: string;
	readonly uri: string;
	/** The file, as signals name it. */
	readonly subject: string;
	readonly timeMs: number;
	/** See `insertedLines`. */
	readonly lines: readonly number[];
	/** The share that was last reported; null: none yet. */
	readonly share: number | null;
	readonly isReverted: boolean;
	/** Whether the look after half an hour was taken. */
	readonly isOld: boolean;
}

export const MOST_WATCHED = 50;
export const LATER_MS = 30 * 60_000;
/** An edit that no commit has taken in by then is not watched any more. */
export const WATCHED_MS = 7 * 24 * 3_600_000;
/** A change of the share that is worth a signal. */
const WORTH = 0.05;

export type SurvivalMoment = 'save' | 'later' | 'commit';

/** A signal of the editor about an edit. */
export function signalOf(edit: WatchedEdit, kind: Signal['kind'], value: number, timeMs: number, what: string = kind): Signal {
	return {
		id: `${what}:${edit.id}:${timeMs}`,
		interactionId: edit.interactionId,
		kind,
		value,
		subject: edit.subject,
		source: kind === 'edit-applied' ? 'user' : 'editor',
		timeMs,
	};
}

/** What a look at the text tells: the edit as it is watched from now on, and a signal where there is news. An undone edit is not looked at. */
export function lookAt(edit: WatchedEdit, text: string, moment: SurvivalMoment, timeMs: number): { readonly edit: WatchedEdit; readonly signal: Signal | null } {
	const looked: WatchedEdit = moment === 'later' ? { ...edit, isOld: true } : edit;
	const share = edit.isReverted ? null : survivalShare(edit.lines, text);
	if (share === null) return { edit: looked, signal: null };
	if (moment === 'save' && edit.share !== null && Math.abs(edit.share - share) < WORTH) return { edit: looked, signal: null };
	return { edit: { ...looked, share }, signal: signalOf(edit, 'edit-survived', 2 * share - 1, timeMs, `edit-survived:${moment}`) };
}

/** What an undo or a redo tells: the edit is undone when none of its lines is left, and back when most are. */
export function lookAfterUndo(edit: WatchedEdit, text: string, timeMs: number): { readonly edit: WatchedEdit; readonly signal: Signal | null } {
	const share = survivalShare(edit.lines, text);
	if (share === null) return { edit, signal: null };
	if (!edit.isReverted && share === 0) return { edit: { ...edit, isReverted: true }, signal: signalOf(edit, 'edit-reverted', -1, timeMs) };
	if (edit.isReverted && share > 0.5) return { edit: { ...edit, isReverted: false }, signal: signalOf(edit, 'edit-reverted', 0, timeMs) };
	return { edit, signal: null };
}

/**
 * Whether a commit says something of an edit. A commit of other files leaves the old text of this one: only lines that are in it count, or their
 * absence where the file was committed as it is now.
 */
export function isTold(edit: WatchedEdit, committed: string, current: string): boolean {
	return (survivalShare(edit.lines, committed) ?? 0) > 0 || committed.replace(/\s+/g, '') === current.replace(/\s+/g, '');
}
