/** What became of an answer, as the seed names it. */
export type OutcomeLabel = 'success' | 'partial' | 'failure';

/**
 * Something that tells how good an answer was. `value` is −1…1 in each:
 * - `thumbs`: 1 up, −1 down, 0 taken back.
 * - `edit-applied`: 1 when code of the answer was applied or inserted.
 * - `edit-survived`: 2 × (share of the inserted lines that are still there) − 1.
 * - `edit-reverted`: −1 when the user undid it.
 * - `diagnostics`: 1 when the diagnostic in question is gone and nothing new came, −1 when something new came.
 * - `rephrased`: −1 when much the same was asked again soon after.
 * - `retried`: −1 when the user had another model answer the same question.
 * - `follow-up`: 1 thanks, −1 complaint.
 * - `task`: 1 when a build or test task passed after the edit, or a command whose error was asked about, −1 when it failed.
 * - `edited-after`: how sure it is that the file was changed for the question's sake: 0.5 saved, 1 committed, 0 taken back. Says which file was
 *   right, and nothing of how good the answer was. The subject is the file, by its absolute path or relative to a folder; it is kept as a place.
 * - `agent-report`: what an agent says of its own or another's answer.
 */
export const SIGNAL_KINDS = [
	'thumbs',
	'edit-applied',
	'edit-survived',
	'edit-reverted',
	'diagnostics',
	'rephrased',
	'retried',
	'follow-up',
	'task',
	'edited-after',
	'agent-report',
] as const;

export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** One piece of evidence, stored as it came. */
export interface Signal {
	/** Chosen by who reports: the same id twice is the same signal. */
	readonly id: string;
	readonly interactionId: string;
	readonly kind: SignalKind;
	/** −1…1; see SignalKind. */
	readonly value: number;
	/** What it is about where an interaction has several: the file of an edit. Of signals of one kind, source and subject the newest counts. */
	readonly subject: string | null;
	/** `user`, `editor`, or `agent:NAME`. */
	readonly source: string;
	/** Milliseconds since 1970. */
	readonly timeMs: number;
}

/** What all signals of an interaction say together. */
export interface OutcomeEstimate {
	/** Null while nothing was heard. */
	readonly label: OutcomeLabel | null;
	/** P(the answer was a success), 0…1; the prior where nothing was heard. */
	readonly probability: number;
	/** The seed's −1, 0, 1: the newest thumb of the user. */
	readonly userFeedback: -1 | 0 | 1;
	/** Whether anybody but agents was heard. */
	readonly isConfirmed: boolean;
}
