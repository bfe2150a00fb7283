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
export function registerFixLastFailure(client: CoordinatorClient, sent: SentContext, questions: FailureQuestions): vscode.Disposable {
	return command(COMMANDS.fixLastTerminalError, async () => {
		const failure = await lastFailure(client);
		if (!failure) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('No command that failed in a terminal or as a task of this window waits to be fixed. A terminal tells of them where it has shell integration.'),
			);
			return;
		}
		const shown = shownQuestion(failure);
		sent.askNext(questions.toQuery(failure), shown);
		await vscode.commands.executeCommand('workbench.action.chat.open', { query: `@hybrid ${shown}` });
	});
}

/** The command that failed last in this window and has not passed since. A coordinator that does not run has seen none. */
export async function lastFailure(client: CoordinatorClient): Promise<FailedCommand | null> {
	return client.status === null ? null : client.request('command/last', null);
}

/** Questions about commands that failed. */
export class FailureQuestions {
	#last: { readonly prompt: string; readonly interactionId: string } | undefined;

	/** The question about one. The same one again says that its answer did not do. */
	toQuery(failure: FailedCommand): AskQuery {
		// What is selected or reported in the editor is not what is asked about.
		const { selection: _selected, diagnostics: _reported, ...signals } = editorSignals();
		const { diagnostics, ...question } = failureQuestion(failure);
		const interactionId = randomUUID();
		const retryOf = this.#last?.prompt === question.prompt ? this.#last.interactionId : undefined;
		this.#last = { prompt: question.prompt, interactionId };
		return { interactionId, history: [], signals: { ...signals, diagnostics }, ...question, ...(retryOf === undefined ? {} : { retryOf }) };
	}
}
