import * as vscode from 'vscode';
import type { SpendingSummary } from '#protocol/messages';
import { COMMANDS, VIEWS } from '../ids.ts';
import { escapeMarkdown } from '../markdown.ts';
import { explainFailure, explainProblem, phaseLabel, skipLabel } from '../messages.ts';
import { formatBytes, formatCount, formatShare, formatUsd, piecesOf, progressLabel } from './format.ts';
import { type ShownState, stateLabel } from './shownState.ts';

/** The state of the index as markdown: for the tooltip, and for `/status`. */
export function statusMarkdown(state: ShownState, spending: SpendingSummary | null = null): vscode.MarkdownString {
	const { shownStatus: status, failure, transition } = state;
	const { t } = vscode.l10n;
	const markdown = new vscode.MarkdownString(undefined, true);
	const line = (text: string) => markdown.appendMarkdown(`${escapeMarkdown(text)}  \n`);
	markdown.appendMarkdown('**Hybrid Coordinator**  \n');
	if (failure) line(explainFailure(failure).text);
	else if (transition) line(t('The coordinator is {0}.', stateLabel(state)));
	else if (!status) line(t('This workspace is not indexed yet. A click shows what indexing does.'));
	if (spending) for (const text of spendingLines(spending)) line(text);
	if (spending) appendLinks(markdown);
	if (!status) return markdown;
	line(t('Index: {0}', phaseLabel(status.phase)));
	if (status.progress && !transition) {
		const { perSecond, etaSeconds } = status.progress;
		line(
			t(
				'{0}, {1} a second{2}',
				progressLabel(status.isSearchable, status.progress),
				formatCount(Math.round(perSecond)),
				etaSeconds === null ? '' : t(', about {0} s left', etaSeconds),
			),
		);
	}
	for (const folder of status.folders) {
		line(t('{0}: {1} files, {2} lines, {3} pieces', folder.name, formatCount(folder.files), formatCount(folder.lines), formatCount(folder.chunks)));
		const skipped = Object.entries(folder.skipped).filter(([, count]) => count);
		if (skipped.length > 0) line(t('Left out: {0}', skipped.map(([reason, count]) => `${skipLabel(reason)} (${formatCount(count ?? 0)})`).join(', ')));
	}
	if (status.vectors.total > 0) line(t('Searchable by meaning: {0}', piecesOf(status.vectors)));
	if (status.embedding) line(t('Embedding model: {0}{1}', status.embedding.label, status.embedding.isRemote ? t(' (texts are sent there)') : t(' (on this machine)')));
	if (status.sizeBytes > 0) line(t('On disk: {0}', formatBytes(status.sizeBytes)));
	for (const problem of status.problems) line(`⚠ ${explainProblem(problem).text}`);
	return markdown;
}

/** To the figures in full, and to the models. */
function appendLinks(markdown: vscode.MarkdownString): void {
	const { t } = vscode.l10n;
	const modelsView = `${VIEWS.models}.focus`;
	const links = [
		[t('Dashboard'), COMMANDS.openDashboard],
		[t('Costs and Savings'), COMMANDS.showCosts],
		[t('Models'), modelsView],
	] as const;
	markdown.isTrusted = { enabledCommands: links.map(([, id]) => id) };
	markdown.appendMarkdown(`${links.map(([label, id]) => `[${escapeMarkdown(label)}](command:${id})`).join(' · ')}  \n`);
}

/** What the saving is, and the price that it is made of. */
function priceLine({ prices }: SpendingSummary['total']): string[] {
	const { t } = vscode.l10n;
	const [price] = prices;
	if (!price) return [];
	const name = price.modelId?.split('/').at(-1) ?? t('unknown');
	const named = prices.length === 1 ? name : t('{0}, and others', name);
	return [t('That is what the tokens of these answers would have cost at {0} (price of {1}), less what they cost.', named, price.asOf ?? t('unknown'))];
}

function spendingLines({ today, total, budget }: SpendingSummary): string[] {
	const { t } = vscode.l10n;
	if (total.answered === 0) return [];
	const share = (value: number | null) => (value === null ? '–' : formatShare(value));
	return [
		t('Answered on this machine: {0} today, {1} in total', share(today.localShare), share(total.localShare)),
		t('Saved: {0} today, {1} in total', formatUsd(today.savedUsd), formatUsd(total.savedUsd)),
		...priceLine(total),
		...(budget.remainingUsd === null ? [] : [t('Left of the spending limit: {0}', formatUsd(budget.remainingUsd))]),
	];
}
