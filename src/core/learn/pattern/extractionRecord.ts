import { callCost } from '#core/metrics/callCost';
import type { LedgerRow } from '#core/metrics/ledger';
import type { LanguageModel, ModelUsage } from '#core/models/languageModel';

/** One call of a model for a pattern. */
export interface ExtractionCall {
	/** Of its row in the ledger. */
	readonly id: string;
	/** Null: the call ended before anybody counted, and counts as no tokens. */
	readonly usage: ModelUsage | null;
	readonly firstTokenMs: number | null;
	readonly totalMs: number;
	readonly result: LedgerRow['result'];
}

/** The ledger's row for it. It belongs to the interaction that is learned from, answers nothing, and so saves nothing. */
export function extractionRecord(
	call: ExtractionCall,
	{ model, ...about }: { readonly timeMs: number; readonly interactionId: string; readonly workspaceId: string | null; readonly model: LanguageModel },
): LedgerRow {
	const { id, usage, firstTokenMs, totalMs, result } = call;
	const tokens = { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 };
	return {
		id,
		...about,
		...tokens,
		retryOf: null,
		purpose: 'pattern',
		modelId: model.id,
		modelLabel: model.label,
		isRemote: model.isRemote,
		target: model.isRemote ? 'remote' : 'local',
		isEstimate: usage?.isEstimate ?? true,
		costUsd: callCost(tokens, model.info.price),
		priceAsOf: model.info.price?.asOf ?? null,
		firstTokenMs,
		totalMs,
		result,
		isCacheHit: false,
		isControl: false,
		contextTokens: 0,
		counterfactualUsd: null,
		counterfactualModelId: null,
		counterfactualPriceAsOf: null,
	};
}
