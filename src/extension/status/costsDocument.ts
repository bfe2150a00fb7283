import * as vscode from 'vscode';
import type { AugmentationEffect, BudgetPeriod, CallPurpose, LocalSavings, ModelSpending, SpendingDetails, SpendingSummary } from '#protocol/messages';
import { escapeMarkdown } from '../markdown.ts';
import { formatCount, formatShare, formatUsd } from './format.ts';
import { termLabel } from './savingsWords.ts';

/** Costs and savings as a document: the figures, the formula behind each, and what is not known. */
export function costsDocument({ today, total, budget, details }: SpendingSummary): string {
	const { t } = vscode.l10n;
	const lines = [
		`# ${t('Costs and Savings')}`,
		details?.sinceMs
			? t('Since {0}, over all windows of this machine. Text of questions is not kept here.', new Date(details.sinceMs).toLocaleDateString())
			: t('No model was called yet.'),
		`## ${t('Answered without a remote model')}`,
		table(
			['', t('Today'), t('In total')],
			[
				[t('Answered'), formatCount(today.answered), formatCount(total.answered)],
				[t('of these on this machine'), shareOf(today), shareOf(total)],
				[t('Saved'), formatUsd(today.savedUsd), formatUsd(total.savedUsd)],
			],
		),
		`### ${t('How the saving is computed')}`,
		table(
			[t('In total'), t('US dollars')],
			[...total.terms.map(({ code, usd }) => [termLabel(code, t), formatUsd(usd)]), [`**${t('Saved')}**`, `**${formatUsd(total.savedUsd)}**`]],
		),
		pricesLine(total),
		unknownLine(total),
		`## ${t('Limits')}`,
		...[budget.day, budget.month].map(limitLine),
		...(details ? detailLines(details) : []),
	];
	return `${lines.filter((line) => line !== '').join('\n\n')}\n`;
}

function detailLines(details: SpendingDetails): string[] {
	const { t } = vscode.l10n;
	const { calls, failed, cacheHits, estimatedCalls, costUsd, unknownCostCalls, models, purposes } = details;
	return [
		`## ${t('Calls by model')}`,
		t(
			'Calls: {0}, for {1}. Failed: {2}. Stored answers: {3}. Tokens counted by us and not by the server: {4}.',
			calls,
			formatUsd(costUsd),
			failed,
			cacheHits,
			estimatedCalls,
		),
		models.length === 0
			? ''
			: table(
					[t('Model'), t('Where'), t('Calls'), t('Failed'), t('Tokens in'), t('Tokens out'), t('Cost')],
					models.map((model) => [
						escapeMarkdown(model.modelLabel),
						model.isRemote ? t('remote') : t('local'),
						formatCount(model.calls),
						formatCount(model.failed),
						formatCount(model.inputTokens),
						formatCount(model.outputTokens),
						costOf(model),
					]),
				),
		purposes.length === 0
			? ''
			: table(
					[t('What for'), t('Calls'), t('Failed'), t('Tokens in'), t('Tokens out'), t('Cost')],
					purposes.map((one) => [
						purposeLabel(one.purpose),
						formatCount(one.calls),
						formatCount(one.failed),
						formatCount(one.inputTokens),
						formatCount(one.outputTokens),
						costOf(one),
					]),
				),
		unknownCostCalls > 0 ? t('Name the prices that are unknown in the setting `hybrid.models.prices`: they count for later calls.') : '',
		`## ${t('What the code of the workspace does to the tokens')}`,
		effectLine(details.effect, details.controlShare),
	];
}

function shareOf({ answeredLocally, localShare }: LocalSavings): string {
	return localShare === null ? '–' : `${formatCount(answeredLocally)} (${formatShare(localShare)})`;
}

function purposeLabel(purpose: CallPurpose): string {
	const { t } = vscode.l10n;
	const labels = {
		answer: t('Answers'),
		compression: t('Shortening code'),
		pattern: t('Extracting patterns from answers'),
		embedding: t('Embedding'),
		test: t('Testing a model'),
	};
	return labels[purpose];
}

function costOf({ costUsd, unknownCostCalls }: Pick<ModelSpending, 'costUsd' | 'unknownCostCalls'>): string {
	return unknownCostCalls === 0 ? formatUsd(costUsd) : vscode.l10n.t('{0}; calls of unknown price: {1}', formatUsd(costUsd), unknownCostCalls);
}

/** What local answers are compared with. */
export function pricesLine({ prices, answeredLocally }: LocalSavings): string {
	const { t } = vscode.l10n;
	if (answeredLocally === 0) return t('There is no answer of this machine to compare.');
	if (prices.length === 0) return t('No answer could be compared: no remote model of known price was there.');
	return [
		t('Compared with:'),
		...prices.map(({ modelId, asOf, answers }) => `- ${escapeMarkdown(t('{0}, price of {1}, answers: {2}', modelId ?? t('unknown'), asOf ?? t('unknown'), answers))}`),
	].join('\n');
}

/** What is not in the savings for want of a price. */
export function unknownLine({ unknownAnswers, unknownCosts }: LocalSavings): string {
	const { t } = vscode.l10n;
	return [
		...(unknownAnswers > 0 ? [t('Local answers that count as saving nothing, since no remote price was known: {0}.', unknownAnswers)] : []),
		...(unknownCosts > 0 ? [t('Calls of unknown cost, not taken off: {0}.', unknownCosts)] : []),
	].join(' ');
}

function limitLine({ period, limitUsd, spentUsd, unknownCalls }: BudgetPeriod): string {
	const { t } = vscode.l10n;
	const spent =
		limitUsd === null
			? period === 'day'
				? t('Today: {0} spent, no limit.', formatUsd(spentUsd))
				: t('This month: {0} spent, no limit.', formatUsd(spentUsd))
			: period === 'day'
				? t('Today: {0} spent of {1}.', formatUsd(spentUsd), formatUsd(limitUsd))
				: t('This month: {0} spent of {1}.', formatUsd(spentUsd), formatUsd(limitUsd));
	// Two dollar signs in a line would be the ends of a formula.
	return `- ${escapeMarkdown(`${spent}${unknownCalls > 0 ? ` ${t('Calls of unknown price, not in it: {0}.', unknownCalls)}` : ''}`)}`;
}

function effectLine(effect: AugmentationEffect, controlShare: number): string {
	const { t } = vscode.l10n;
	const share =
		controlShare === 0
			? t('No question is sent without code now, so nothing is measured (`hybrid.ledger.controlShare`).')
			: t('{0} of the questions are sent without code, to compare.', formatPercent(controlShare));
	return `${share} ${effectText(effect)}`;
}

/** What augmentation does to tokens, in a sentence. */
export function effectText(effect: AugmentationEffect): string {
	const { t } = vscode.l10n;
	if (effect.status === 'not-enough-yet')
		return t('So far {0} without and {1} with code; {2} of each are needed for a figure.', effect.controls, effect.augmented, effect.minimum);
	const { low, high } = effect.interval;
	const saved = formatCount(Math.round(effect.savedTokensPerQuestion));
	const range = `${formatCount(Math.round(low))} … ${formatCount(Math.round(high))}`;
	const clear = effect.isClear ? '' : ` ${t('This may be chance.')}`;
	return `${t('With code a question takes {0} tokens less on average (95% interval {1}); a negative number means more.', saved, range)}${clear}`;
}

function formatPercent(share: number): string {
	return `${Number((100 * share).toFixed(1))}%`;
}

/** A table of markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const cells = (values: readonly string[]) => `| ${values.join(' | ')} |`;
	return [cells(head), cells(head.map(() => '---')), ...rows.map(cells)].join('\n');
}
