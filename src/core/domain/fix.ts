import type { Attachment, EditorDiagnostic } from './question.ts';

/** A file with diagnostics that are to be cleared. */
export interface FixRequest {
	readonly interactionId: string;
	/** Absolute. */
	readonly path: string;
	/** The file as the editor has it, saved or not. */
	readonly text: string;
	/** The editor's id of its language. */
	readonly language: string;
	/** At least one, all of this file. */
	readonly diagnostics: readonly EditorDiagnostic[];
	/** Other files that are open and not saved, as the editor has them. Absent: none. */
	readonly unsaved?: readonly UnsavedFile[];
	/** Places of other files that the diagnostics speak of, most telling first: those of indexed files that any model may see are sent along. */
	readonly related?: readonly Attachment[];
	/** As in AskQuery. */
	readonly model?: string | null;
	/** The interaction whose fix did not do: a stored answer is not given again. */
	readonly retryOf?: string;
}

/** A file whose text on the disk is not what the editor has. */
export interface UnsavedFile {
	/** Absolute. */
	readonly path: string;
	readonly text: string;
}

/** Whole lines of the file, there exactly once, and what stands there instead. */
export interface FixEdit {
	readonly search: readonly string[];
	readonly replace: readonly string[];
}

/** The edits of one file. */
export interface FixedFile {
	/** Absolute. */
	readonly path: string;
	readonly edits: readonly FixEdit[];
}

/**
 * `no-edit`: the model gave none, or not in the form asked for. `not-found`, `ambiguous`: its lines are not in the file, or more than once.
 * `not-indexed`: it wants to change what is no file of the workspace, or one that is left out there. `new-file`: it wants one that is not there.
 * `local-only`: a model elsewhere wants to change what it may not see.
 */
export type FixRefusal =
	| 'no-model'
	| 'no-edit'
	| 'not-found'
	| 'ambiguous'
	| 'would-break'
	| 'no-change'
	| 'secret-file'
	| 'not-indexed'
	| 'new-file'
	| 'local-only'
	| 'too-many-files'
	| 'cancelled';

/** A fix that applies and leaves no file that parses worse than before, or why there is none. */
export type FixProposal =
	| {
			readonly status: 'proposed';
			/** Of the answer that the edits are of. */
			readonly interactionId: string;
			/** At least one; that of the diagnostics is first where it is changed. */
			readonly files: readonly FixedFile[];
			/** What the model says beside them. */
			readonly explanation: string;
			readonly model: string;
			readonly sentTo: readonly string[];
	  }
	| {
			readonly status: 'refused';
			readonly interactionId: string;
			readonly reason: FixRefusal;
			/** The file that it is about, as the answer names it; null: that of the diagnostics, or none. */
			readonly file: string | null;
			readonly explanation: string;
	  };
