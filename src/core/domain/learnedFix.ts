import type { ChangedPiece } from './commandRun.ts';
import type { EditorDiagnostic } from './question.ts';

/** What a compiler, a linter or a task says about a file, with the file as it is now. */
export interface LearnedFixRequest {
	/** Absolute. */
	readonly path: string;
	/** The editor's id of its language. */
	readonly languageId: string;
	readonly text: string;
	readonly diagnostic: Pick<EditorDiagnostic, 'message' | 'source' | 'code'> & {
		/** Where its range starts, in UTF-16 code units of `text`. */
		readonly offset: number;
	};
}

/** A fix that was learned from others, to be had without a model. */
export interface LearnedFixOffer {
	readonly solutionId: string;
	/** Not overlapping, in the order of the text; offsets in UTF-16 code units. */
	readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
	/** It worked `worked` of `used` times. */
	readonly worked: number;
	readonly used: number;
	/** 0…1, decayed. */
	readonly confidence: number;
}

/** What became of a fix, learned or not. */
export interface FixOutcome extends LearnedFixRequest {
	/** The text after the fix. */
	readonly after: string;
	/** True only where the diagnostic is gone and nothing new appeared; null where nothing is known any more. */
	readonly isVerified: boolean | null;
	/** What was recorded of the very same change before and holds no longer: it is taken out of the record. Absent: nothing was. */
	readonly wasVerified?: boolean;
	/** The interactions it came from; empty for a learned one, and for the user's own. */
	readonly interactionIds: readonly string[];
	/** All that was changed, where that is more than the file of the diagnostic, or another. Absent: `text` became `after`, and nothing else changed. */
	readonly changes?: readonly ChangedPiece[];
}
