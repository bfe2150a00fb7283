import * as vscode from 'vscode';
import type { AnswerSummary, Hit, RouteAlternative, RouteDecision } from '#protocol/messages';
import { escapeMarkdown } from '../markdown.ts';
import { explainNotice } from '../messages.ts';
import { formatCount, formatShare, formatUsd } from '../status/format.ts';
import { foundBy } from './foundBy.ts';
import { reasonSentence, successFact, targetLabel, workLabel } from './routeWords.ts';

/** Why an answer came from where it came: the route's reasons, the other models, and what was sent with which cause, as markdown. */
export function whyAnswer(question: { readonly prompt: string; readonly hits: readonly Hit[]; readonly summary?: AnswerSummary }, route: RouteDecision | null): string {
	const { t } = vscode.l10n;
	const { prompt, hits, summary } = question;
	const parts = [`**${escapeMarkdown(prompt.split('\n', 1)[0] ?? '')}**`];
	const model = summary?.model;
	if (!route) parts.push(escapeMarkdown(t('No model was to be asked: the code found is the answer.')));
	else {
		const chosen = route.alternatives.find(({ modelId }) => modelId === route.modelId);
		const place = targetLabel(route.target);
		parts.push(escapeMarkdown(chosen ? t('{0} was chosen ({1}).', chosen.label, place) : t('No model was chosen.')));
		parts.push(route.reasons.map((reason) => `- ${escapeMarkdown(reasonSentence(reason))}`).join('\n'));
		if (model && model.id !== route.modelId) parts.push(escapeMarkdown(t('{0} answered in its place, since it gave nothing.', model.label)));
		const success = chosen?.isKnown ? formatShare(route.confidence) : t('too few judged answers to say');
		parts.push(escapeMarkdown(t('Kind of work: {0}. Predicted success: {1}.', workLabel(route.workKind), success)));
		if (route.alternatives.length > 0)
			parts.push(
				`${escapeMarkdown(t('Models that were weighed:'))}\n\n${route.alternatives.map((alternative) => alternativeLine(alternative, route.modelId)).join('\n')}`,
			);
	}
	if (summary) {
		const sent = summary.sentTo.length > 0 ? t('Text was sent to {0}.', summary.sentTo.join(', ')) : t('Nothing left this machine.');
		const tokens = t('The prompt had {0} tokens.', formatCount(summary.context.tokens));
		const shortened = summary.notices.filter(({ code }) => code === 'compressed' || code === 'context-shortened').map((notice) => explainNotice(notice));
		parts.push(escapeMarkdown(model ? [sent, tokens, ...shortened].join(' ') : sent));
	}
	if (hits.length > 0) parts.push(`${escapeMarkdown(t('Code that went along, and how it was found:'))}\n\n${hits.map(hitLine).join('\n')}`);
	return parts.join('\n\n');
}

/** A line a model: the chat is too narrow for a table. */
function alternativeLine(alternative: RouteAlternative, chosenId: string | null): string {
	const { t } = vscode.l10n;
	const { modelId, label, isRemote, costUsd, latencyMs, excludedBy } = alternative;
	const name = `**${escapeMarkdown(label)}**${modelId === chosenId ? ' ✓' : ''}`;
	const place = targetLabel(isRemote ? 'remote' : 'local');
	if (excludedBy) return `- ${name} · ${place} · ${escapeMarkdown(reasonSentence(excludedBy))}`;
	const facts = [
		place,
		successFact(alternative),
		costUsd === null ? t('price unknown') : costUsd === 0 ? t('free') : t('about {0}', formatUsd(costUsd)),
		...(latencyMs === null ? [] : [t('about {0} s', (latencyMs / 1_000).toFixed(1))]),
	];
	return `- ${name} · ${escapeMarkdown(facts.join(' · '))}`;
}

function hitLine({ filePath, startLine, endLine, relevance, reasons }: Hit): string {
	return `- ${escapeMarkdown(`${filePath}:${startLine}-${endLine}`)} · ${formatShare(relevance)} · ${escapeMarkdown(foundBy(reasons))}`;
}
