import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { RouteAlternative } from '#protocol/messages';
import { successFact, targetLabel } from '../chat/routeWords.ts';
import type { SentContext } from '../chat/sentContext.ts';
import { COMMANDS } from '../ids.ts';
import { formatUsd } from '../status/format.ts';
import { command } from './command.ts';

/** The one of several models to try after an answer that did not do: by its record where there is one, else the one that is presumed to be able to do most. */
export function bestAlternative(alternatives: readonly RouteAlternative[]): RouteAlternative | undefined {
	const strengthOf = ({ isKnown, successProbability, capability }: RouteAlternative) => (isKnown ? successProbability : capability);
	return alternatives.reduce<RouteAlternative | undefined>((best, next) => (best && strengthOf(best) >= strengthOf(next) ? best : next), undefined);
}

/** Asks a question again of another model: the one that is named, or one that the user picks. Which it is tells the router that the answer did not do. */
export function registerRetryCommands(sent: SentContext): vscode.Disposable {
	return command(COMMANDS.retryWith, async (interactionId, modelId) => {
		const { t } = vscode.l10n;
		const question = sent.get(typeof interactionId === 'string' ? interactionId : undefined);
		if (!question?.query || !question.summary) {
			void vscode.window.showInformationMessage(t('There is no answer in this window that could be tried again.'));
			return;
		}
		const { query, summary } = question;
		const model = typeof modelId === 'string' ? modelId : await pickModel(summary.route?.alternatives ?? [], summary.model?.id ?? null);
		if (model === undefined) return;
		const { command: slash, prompt } = query;
		sent.askNext({ ...query, interactionId: randomUUID(), retryOf: query.interactionId, model });
		await vscode.commands.executeCommand('workbench.action.chat.open', { query: `@hybrid ${slash ? `/${slash} ` : ''}${prompt}` });
	});
}

async function pickModel(alternatives: readonly RouteAlternative[], answeredBy: string | null): Promise<string | undefined> {
	const { t } = vscode.l10n;
	const items = alternatives
		.filter(({ excludedBy }) => excludedBy === null)
		.map(({ modelId, label, isRemote, costUsd, ...known }) => ({
			label,
			description: [
				targetLabel(isRemote ? 'remote' : 'local'),
				successFact(known),
				costUsd === null ? t('price unknown') : costUsd === 0 ? t('free') : `≈ ${formatUsd(costUsd)}`,
				...(modelId === answeredBy ? [t('answered before')] : []),
			].join(' · '),
			modelId,
		}));
	if (items.length === 0) {
		void vscode.window.showInformationMessage(t('No other model is there that may answer. Add one in the Models view.'));
		return undefined;
	}
	return (await vscode.window.showQuickPick(items, { placeHolder: t('Model that is to answer the question again') }))?.modelId;
}
