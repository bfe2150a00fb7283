import * as vscode from 'vscode';
import type { RouteAlternative, RouteDecision, RouteReason, RouteReasonCode, RouteTarget, WorkKind } from '#protocol/messages';
import { formatCount, formatShare, formatUsd } from '../status/format.ts';

/** Why a model was or was not chosen, as a sentence. */
export function reasonSentence({ code, details = {} }: RouteReason): string {
	const { t } = vscode.l10n;
	const count = (name: string) => formatCount(Number(details[name] ?? 0));
	const share = (name: string) => formatShare(Number(details[name] ?? 0));
	const sentences: Readonly<Record<RouteReasonCode, () => string>> = {
		'local-only-content': () => t('The question or its code may not leave this machine.'),
		'untrusted-workspace': () => t('The workspace is not trusted, so nothing goes to other machines.'),
		'unhealthy': () => t('Its server does not answer.'),
		'context-too-long': () => t('The prompt has {0} tokens and the model takes {1}.', count('promptTokens'), count('contextTokens')),
		'not-a-chat-model': () => t('It is no model for answers.'),
		'budget-local': () => t('The spending limit leaves {0}, so a model that costs nothing answers.', formatUsd(Number(details.remainingUsd ?? 0))),
		'budget-stop': () => t('The spending limit leaves {0}, so no model was asked.', formatUsd(Number(details.remainingUsd ?? 0))),
		'user-choice': () => t('It is the model that you picked, in the chat or in the settings.'),
		'choice-excluded': () => t('The model that you picked could not be asked, so another was chosen.'),
		'no-model': () => t('No model is there that may answer.'),
		'no-local-model': () => t('No model of this machine is there that may answer.'),
		'no-remote-model': () => t('No remote model is there that may answer.'),
		'simple-with-context': () => t('A simple question with fitting code: a model on this machine will do.'),
		'local-is-confident': () =>
			details.isPresumed
				? t('A model on this machine is presumed to do: its record is too short to say.')
				: t('A model on this machine will do: predicted success {0}, from {1} on it is asked.', share('confidence'), share('threshold')),
		'heavy-context': () => t('The prompt has {0} tokens, more than {1}: a model on this machine shortens the code first.', count('tokens'), count('threshold')),
		'complex-question': () => t('A complex question goes to a remote model.'),
		'default-local': () => t('Nothing speaks against this machine.'),
		'default-remote': () => t('Nothing speaks for this machine.'),
		'best-utility': () =>
			details.isPresumed
				? t('By size, price and time it is presumed to suit a question that looks {0} best. Its record is too short to say.', complexityLabel(details.complexity))
				: t('It promises most for its price and time: predicted success {0}.', share('successProbability')),
		'within-remote-share': () => t('A remote model gains much here, and the share of {0} for remote models allows it.', share('share')),
		'over-remote-share': () => t('Other questions gain more by a remote model, of which {0} may go to one.', share('share')),
		'exploration': () => t('It was tried to learn how it does, as up to {0} of the questions are.', share('share')),
	};
	return sentences[code]();
}

function complexityLabel(complexity: string | number | undefined): string {
	const { t } = vscode.l10n;
	if (complexity === 'simple') return t('simple');
	return complexity === 'complex' ? t('complex') : t('neither simple nor complex');
}

/** What is known of how well a model will do: a number only where its record carries one. */
export function successFact({ isKnown, outcomes, successProbability }: Pick<RouteAlternative, 'isKnown' | 'outcomes' | 'successProbability'>): string {
	const { t } = vscode.l10n;
	if (isKnown) return t('predicted success {0}', formatShare(successProbability));
	return outcomes > 0 ? t('too short a record to predict from ({0})', formatCount(outcomes)) : t('no record yet');
}

/** Where an answer came from, in a word. */
export function targetLabel(target: RouteTarget): string {
	const { t } = vscode.l10n;
	return { local: t('local'), remote: t('remote'), hybrid: t('hybrid') }[target];
}

/** Kind of work that a question asks for. */
export function workLabel(kind: WorkKind): string {
	const { t } = vscode.l10n;
	const labels: Readonly<Record<WorkKind, string>> = {
		explain: t('explain'),
		locate: t('find'),
		fix: t('fix'),
		write: t('write'),
		test: t('test'),
		refactor: t('restructure'),
		design: t('design'),
		other: t('other work'),
	};
	return labels[kind];
}

/** What a user should know of a route without asking: that their pick was not followed, or that something was tried. Empty where nothing is. */
export function routeNotices({ reasons, alternatives, modelId }: RouteDecision): string[] {
	const { t } = vscode.l10n;
	const answering = alternatives.find((alternative) => alternative.modelId === modelId)?.label;
	return reasons.flatMap((reason) => {
		if (reason.code === 'choice-excluded') {
			const picked = alternatives.find((alternative) => alternative.modelId === reason.details?.modelId);
			if (!picked?.excludedBy) return [reasonSentence(reason)];
			const why = reasonSentence(picked.excludedBy);
			return [answering ? t('You picked {0}, and {1} answers: {2}', picked.label, answering, why) : t('You picked {0}: {1}', picked.label, why)];
		}
		return reason.code === 'exploration' || reason.code === 'budget-stop' || reason.code === 'budget-local' ? [reasonSentence(reason)] : [];
	});
}
