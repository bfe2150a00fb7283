import * as vscode from 'vscode';
import type { AnswerSummary } from '#protocol/messages';

/** One line under an answer: which model, where it ran, what was sent there. */
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
	return `${model.label} · ${left} · ${pieces} · ${counted} · ${t('{0} s', (timings.totalMs / 1_000).toFixed(1))}`;
}
