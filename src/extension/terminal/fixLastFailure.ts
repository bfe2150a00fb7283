import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { AskQuery, FailedCommand } from '#protocol/messages';
import { editorSignals } from '../chat/chatRequest.ts';
import type { SentContext } from '../chat/sentContext.ts';
import { command } from '../commands/command.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS } from '../ids.ts';
import { failureQuestion, shownQuestion } from './failureQuestion.ts';

/** *Fix Last Terminal Error*: asks in the chat about the command that failed last. */
export function registerFixLastFailure(client: CoordinatorClient, sent: SentContext): vscode.Disposable {
	return command(COMMANDS.fixLastTerminalError, async () => {
		const failure = await lastFailure(client);
		if (!failure) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('No command that failed in a terminal or as a task of this window waits to be fixed. A terminal tells of them where it has shell integration.'),
			);
			return;
		}
		const shown = shownQuestion(failure);
		sent.askNext(toQuery(failure), shown);
		await vscode.commands.executeCommand('workbench.action.chat.open', { query: `@hybrid ${shown}` });
	});
}

/** The command that failed last in this window and has not passed since. A coordinator that does not run has seen none. */
export async function lastFailure(client: CoordinatorClient): Promise<FailedCommand | null> {
	return client.status === null ? null : client.request('command/last', null);
}

export function toQuery(failure: FailedCommand): AskQuery {
	// What is selected or reported in the editor is not what is asked about.
	const { selection: _selected, diagnostics: _reported, ...signals } = editorSignals();
	return { interactionId: randomUUID(), history: [], signals, ...failureQuestion(failure) };
}
