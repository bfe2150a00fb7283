import { estimateTokens } from '#core/domain/tokenCount';
import type { ModelMessage, ModelUsage } from '../languageModel.ts';

/** The provider's figures where they can be right, else an estimate that is marked as one: servers leave them out, or say 0 or null. */
export async function usageOf(
	given: { readonly inputTokens: number | null | undefined; readonly outputTokens: number | null | undefined },
	messages: readonly ModelMessage[],
	answer: string,
): Promise<ModelUsage> {
	const { inputTokens, outputTokens } = given;
	const isCounted = isCount(inputTokens) && inputTokens > 0 && isCount(outputTokens) && (outputTokens > 0 || answer === '');
	if (isCounted) return { inputTokens, outputTokens, isEstimate: false };
	return { inputTokens: await estimateTokens(textOf(messages)), outputTokens: await estimateTokens(answer), isEstimate: true };
}

/** All that is sent, as one text. */
export function textOf(messages: readonly ModelMessage[]): string {
	return messages.map(({ text, toolCalls }) => (toolCalls ? `${text}${JSON.stringify(toolCalls)}` : text)).join('\n');
}

function isCount(value: number | null | undefined): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
