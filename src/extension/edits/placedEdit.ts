import type * as vscode from 'vscode';
import { applyLineEdits, type LineEdit } from './codeLines.ts';
import { explainRefusal } from './explainRefusal.ts';
import { nameOf, openToChange, type ProposedEdit } from './proposedEdit.ts';

/** An edit with its place in the text of a moment. */
export interface PlacedEdit {
	readonly proposed: ProposedEdit;
	readonly before: string;
	readonly after: string;
	readonly edits: readonly LineEdit[];
}

/** The edit's place in the document as it is now, or why it has none, in words. */
export function placeEdit(proposed: ProposedEdit, document: vscode.TextDocument): PlacedEdit | string {
	const before = document.getText();
	const placement = proposed.place(before);
	if (placement.kind === 'refused') return explainRefusal(placement.reason, nameOf(proposed.uri));
	return { proposed, before, edits: placement.edits, after: applyLineEdits(before.split(/\r\n|\r|\n/), placement.edits).join('\n') };
}

/** The documents of edits, in their order; null, and said why, where one of them cannot be changed. */
export async function openAll(edits: readonly { readonly uri: vscode.Uri }[]): Promise<readonly vscode.TextDocument[] | null> {
	const documents: vscode.TextDocument[] = [];
	for (const { uri } of edits) {
		const document = await openToChange(uri);
		if (!document) return null;
		documents.push(document);
	}
	return documents;
}
