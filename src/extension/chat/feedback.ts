import * as vscode from 'vscode';
import type { OutcomeReporter } from '../outcomes/outcomeReporter.ts';
import { Thumbs } from '../outcomes/thumbs.ts';
import type { HybridChatMetadata } from './chatMetadata.ts';

/** Reports the thumbs under answers, by the interaction that the result carries. */
export function listenToThumbs(participant: vscode.ChatParticipant, reporter: OutcomeReporter): vscode.Disposable {
	const thumbs = new Thumbs();
	return participant.onDidReceiveFeedback(({ kind, result }) => {
		const { interactionId } = (result.metadata ?? {}) as Partial<HybridChatMetadata>;
		const signal = interactionId === undefined ? null : thumbs.give(interactionId, kind === vscode.ChatResultFeedbackKind.Helpful ? 1 : -1, Date.now());
		if (signal) reporter.report(signal);
	});
}
