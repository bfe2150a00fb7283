import type { EditorDiagnostic } from './question.ts';

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
	/** As in AskQuery. */
	readonly model?: string | null;
	/** The interaction whose fix did not do: a stored answer is not given again. */
	readonly retryOf?: string;
}

/** Whole lines of the file, there exactly once, and what stands there instead. */
export interface FixEdit {
	readonly search: readonly string[];
	readonly replace: readonly string[];
}

/** `no-edit`: the model gave none, or not in the form asked for. `not-found`, `ambiguous`: its lines are not in the file, or more than once. */
export type FixRefusal = 'no-model' | 'no-edit' | 'not-found' | 'ambiguous' | 'would-break' | 'no-change' | 'secret-file' | 'cancelled';

/** A fix that applies and leaves no more brackets without a partner than there were, or why there is none. */
export type FixProposal =
	| {
			readonly status: 'proposed';
			/** Of the answer that the edits are of. */
			readonly interactionId: string;
			readonly edits: readonly FixEdit[];
			/** What the model says beside them. */
			readonly explanation: string;
			readonly model: string;
			readonly sentTo: readonly string[];
	  }
	| { readonly status: 'refused'; readonly interactionId: string; readonly reason: FixRefusal; readonly explanation: string };
