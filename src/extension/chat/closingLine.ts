import * as vscode from 'vscode';
import type { AnswerSummary } from '#protocol/messages';
import { formatUsd } from '../status/format.ts';
import { targetLabel } from './routeWords.ts';

/** One line under an answer: which model, where it ran, what was sent there, what that cost and saved. */
export function closingLine(summary: AnswerSummary): string {
	const { t } = vscode.l10n;
	const { model, usage, context, timings } = summary;
	const pieces =
		context.chunks === 1
			? t('1 piece of 1 file')
			: context.files === 1
				? t('{0} pieces of 1 file', context.chunks)
				: t('{0} pieces of {1} files', context.chunks, context.files);
	const searched = t('found in {0} ms', Math.round(timings.searchMs));
	const left = summary.sentTo.length > 0 ? t('sent to {0}', summary.sentTo.join(', ')) : t('nothing left this machine');
	if (!model) return t('No model · {0}, {1} · {2}', pieces, searched, left);
	const counted = usage
		? usage.isEstimate
			? t('about {0} tokens in, {1} out', usage.inputTokens, usage.outputTokens)
			: t('{0} tokens in, {1} out', usage.inputTokens, usage.outputTokens)
		: t('{0} tokens', context.tokens);
	// Where shortening did not work out, a notice says so, and the answer is the remote model's alone.
	const isHybrid = model.isRemote && summary.notices.some(({ code }) => code === 'compressed');
	const place = targetLabel(isHybrid ? 'hybrid' : model.isRemote ? 'remote' : 'local');
	const stored = summary.notices.some(({ code }) => code === 'from-cache') ? [t('stored answer')] : [];
	return [model.label, place, left, pieces, counted, ...stored, ...moneyWords(summary), t('{0} s', (timings.totalMs / 1_000).toFixed(1))].join(' · ');
}

/** What the answer cost, and what it saved against a model of known price. */
function moneyWords({ money, model }: AnswerSummary): string[] {
	const { t } = vscode.l10n;
	const { costUsd, elsewhere } = money;
	const cost = costUsd === null ? t('price unknown') : costUsd === 0 ? t('free') : money.isEstimate ? `≈ ${formatUsd(costUsd)}` : formatUsd(costUsd);
	const saved = elsewhere && costUsd !== null ? elsewhere.usd - costUsd : 0;
	if (!elsewhere || saved <= 0 || elsewhere.modelId === model?.id) return [cost];
	const name = elsewhere.modelId.slice(elsewhere.modelId.indexOf('/') + 1);
	return [t('{0}, saved {1} against {2}, price of {3}', cost, formatUsd(saved), name, elsewhere.priceAsOf)];
}
