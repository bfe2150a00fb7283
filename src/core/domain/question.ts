/** What the editor knows at the moment of a question; all of it optional, none of it required. Paths are absolute. */
export interface EditorSignals {
	readonly activeFile?: string;
	/** The editor's id of the active file's language. */
	readonly activeLanguage?: string;
	readonly openFiles?: readonly string[];
	readonly selection?: { readonly path: string; readonly startLine: number; readonly endLine: number; readonly text: string };
	readonly diagnostics?: readonly EditorDiagnostic[];
	/** Most recently edited first. */
	readonly recentlyEdited?: readonly string[];
}

export interface EditorDiagnostic {
	readonly path: string;
	/** 1-based. */
	readonly line: number;
	readonly severity: 'error' | 'warning' | 'information' | 'hint';
	readonly message: string;
	readonly source: string | null;
	readonly code: string | null;
}

/** A file or range that the user attached to the question, or that it is about. */
export interface Attachment {
	readonly path: string;
	/** Of code that failed: the line that did. 1-based, as the others. */
	readonly failedLine?: number;
	readonly startLine?: number;
	readonly endLine?: number;
}

export interface ConversationTurn {
	readonly role: 'user' | 'assistant';
	readonly text: string;
	/** True for an answer that was made with local-only text: no remote model may see it. */
	readonly isLocalOnly?: boolean;
}

export type QuestionKind = 'natural-language' | 'identifiers' | 'path' | 'error-text' | 'issue';

/** What the user looks at, first. */
export function filesOf(signals: EditorSignals | undefined): readonly string[] {
	const { activeFile, openFiles = [], recentlyEdited = [] } = signals ?? {};
	return [...(activeFile === undefined ? [] : [activeFile]), ...openFiles, ...recentlyEdited];
}
