import type { ModelPrice } from '#core/domain/modelInfo';
import type { CallPurpose } from '#core/domain/spending';
import { callCost } from './callCost.ts';
import type { LedgerRow } from './ledger.ts';

/** One call of a model that answers no question: for a pattern, for vectors, or to test the model. */
export interface SideCall {
	/** Of its row in the ledger. */
	readonly id: string;
	readonly timeMs: number;
	readonly purpose: Exclude<CallPurpose, 'answer' | 'compression'>;
	/** The interaction that it was made for; null: for none, so that to the ledger it is one of its own. */
	readonly interactionId: string | null;
	readonly workspaceId: string | null;
	readonly model: { readonly id: string; readonly label: string; readonly isRemote: boolean; readonly price: ModelPrice | null };
	/** Null: nothing was sent, or it was refused, or the call ended before anybody counted: that counts as no tokens, and is no estimate. */
	readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly isEstimate: boolean } | null;
	readonly firstTokenMs: number | null;
	readonly totalMs: number;
	readonly result: LedgerRow['result'];
}

/** The ledger's row for it: it is paid for like any other, and saves nothing. */
export function sideCallRow({ model, usage, ...call }: SideCall): LedgerRow {
	const tokens = { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 };
	return {
		...call,
		...tokens,
		interactionId: call.interactionId ?? call.id,
		retryOf: null,
		modelId: model.id,
		modelLabel: model.label,
		isRemote: model.isRemote,
		target: model.isRemote ? 'remote' : 'local',
		isEstimate: usage?.isEstimate ?? false,
		costUsd: callCost(tokens, model.price),
		priceAsOf: model.price?.asOf ?? null,
		isCacheHit: false,
		isControl: false,
		contextTokens: 0,
		counterfactualUsd: null,
		counterfactualModelId: null,
		counterfactualPriceAsOf: null,
	};
}
