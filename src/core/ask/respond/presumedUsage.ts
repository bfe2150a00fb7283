import type { ModelUsage } from '#core/models/languageModel';
import type { StreamedAnswer } from './streamAnswer.ts';

/**
 * What an answer took that ended before its server counted, by our count; null where nothing was taken. A provider charges for the prompt of an
 * answer that was cut off or gave up, and for none that was refused; of a server of this machine, an answer of which nothing came may not have
 * been begun.
 */
export function presumedUsage(
	{ text, endReason, failure }: Pick<StreamedAnswer, 'text' | 'endReason' | 'failure'>,
	counted: { readonly inputTokens: number; readonly outputTokens: number },
	isRemote: boolean,
): ModelUsage | null {
	const gaveUp = failure?.code === 'server-timeout' && !failure.details.isLeftAlone;
	if (text === '' && !(isRemote && (endReason === 'cancelled' || gaveUp))) return null;
	return { ...counted, isEstimate: true };
}
