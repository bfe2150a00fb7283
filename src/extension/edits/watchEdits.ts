import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { OutcomeReporter } from '../outcomes/outcomeReporter.ts';
import type { AppliedEdit } from './editPreviews.ts';

/** Reports edits that the user applied. */
export function watchEdits(reporter: OutcomeReporter): { willApply(): void; onApplied(applied: AppliedEdit): void } {
	return {
		willApply: () => undefined,
		onApplied: ({ proposed: { interactionId, uri } }) => {
			const subject = vscode.workspace.asRelativePath(uri);
			reporter.report({ id: `edit-applied:${randomUUID()}`, interactionId, kind: 'edit-applied', value: 1, subject, source: 'user', timeMs: Date.now() });
		},
	};
}
