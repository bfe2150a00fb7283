import type { ModelPrice } from '#core/domain/modelInfo';
import type { RouteTarget } from '#core/domain/route';
import { callCost } from '#core/metrics/callCost';
import type { LedgerRow } from '#core/metrics/ledger';
import type { ModelUsage } from '#core/models/languageModel';

/** A remote model whose price says what an answer would have cost there. */
export interface ReferenceModel {
	readonly id: string;
	readonly price: ModelPrice;
}

/** What the ledger keeps of one call of a model. */
export interface ModelCall {
	readonly id: string;
	readonly purpose: LedgerRow['purpose'];
	readonly model: { readonly id: string; readonly label: string; readonly isRemote: boolean; readonly price: ModelPrice | null };
	/** Null: nothing was sent, or it was refused, which takes no tokens. */
	readonly usage: ModelUsage | null;
	readonly contextTokens: number;
	readonly firstTokenMs: number | null;
	readonly totalMs: number;
	readonly result: LedgerRow['result'];
	readonly isCacheHit?: boolean;
}

/** What all calls of a question have in common. */
export interface CallFrame {
	readonly interactionId: string;
	readonly retryOf: string | null;
	readonly workspaceId: string | null;
	readonly target: RouteTarget;
	readonly isControl: boolean;
	readonly reference: ReferenceModel | null;
}

/** The ledger's row for a call. A stored answer costs nothing, and would have cost its tokens elsewhere. */
export function callRecord(timeMs: number, call: ModelCall, { reference, ...frame }: CallFrame): LedgerRow {
	const { model, usage, isCacheHit = false } = call;
	const tokens = { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 };
	return {
		id: call.id,
		...frame,
		timeMs,
		purpose: call.purpose,
		modelId: model.id,
		modelLabel: model.label,
		isRemote: model.isRemote,
		...tokens,
		isEstimate: usage?.isEstimate ?? false,
		costUsd: isCacheHit ? 0 : callCost(tokens, model.price),
		priceAsOf: model.price?.asOf ?? null,
		firstTokenMs: call.firstTokenMs,
		totalMs: call.totalMs,
		result: call.result,
		isCacheHit,
		contextTokens: call.contextTokens,
		counterfactualUsd: reference ? callCost(tokens, reference.price) : null,
		counterfactualModelId: reference?.id ?? null,
		counterfactualPriceAsOf: reference?.price.asOf ?? null,
	};
}
