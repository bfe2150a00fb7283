import { CoordinatorError } from '#core/base/errors';
import { type Condition, conditionsOf, type Stored } from './conditions.ts';
import type { LedgerFilter, LedgerRange, LedgerRow, LedgerTotals } from './ledger.ts';

const NANO = 1e9;

/** Where each field of a call is kept, and how, in any database. */
export const CALL_COLUMNS: readonly (readonly [field: keyof LedgerRow, column: string, kind: 'text' | 'count' | 'duration' | 'flag' | 'money'])[] = [
	['id', 'id', 'text'],
	['interactionId', 'interaction_id', 'text'],
	['retryOf', 'retry_of', 'text'],
	['timeMs', 'time_ms', 'count'],
	['workspaceId', 'workspace_id', 'text'],
	['purpose', 'purpose', 'text'],
	['modelId', 'model_id', 'text'],
	['modelLabel', 'model_label', 'text'],
	['isRemote', 'is_remote', 'flag'],
	['target', 'target', 'text'],
	['inputTokens', 'input_tokens', 'count'],
	['outputTokens', 'output_tokens', 'count'],
	['isEstimate', 'is_estimate', 'flag'],
	['costUsd', 'cost_nano_usd', 'money'],
	['priceAsOf', 'price_as_of', 'text'],
	['firstTokenMs', 'first_token_ms', 'duration'],
	['totalMs', 'total_ms', 'duration'],
	['result', 'result', 'text'],
	['isCacheHit', 'is_cache_hit', 'flag'],
	['isControl', 'is_control', 'flag'],
	['contextTokens', 'context_tokens', 'count'],
	['counterfactualUsd', 'counterfactual_nano_usd', 'money'],
	['counterfactualModelId', 'counterfactual_model_id', 'text'],
	['counterfactualPriceAsOf', 'counterfactual_price_as_of', 'text'],
];

export const CALL_COLUMN_NAMES: readonly string[] = CALL_COLUMNS.map(([, column]) => column);

type StoredRow = Readonly<Record<string, unknown>>;

/** What is kept of a call, in the order of the columns. Throws `invalid-argument` for an amount that is negative or no number. */
export function toValues(row: LedgerRow): Stored[] {
	return CALL_COLUMNS.map(([field, , kind]) => {
		const value = row[field];
		if (value === null || typeof value !== 'number') return value;
		if (!Number.isFinite(value) || value < 0) throw new CoordinatorError('invalid-argument', `The ledger cannot keep ${value} as ${field}.`);
		if (kind === 'money') return toNanoUsd(value);
		return kind === 'count' ? Math.round(value) : value;
	});
}

/** The row that `toValues` was made of, with money rounded to nano-dollars; whole numbers may come as text, and flags as 0 and 1. */
export function fromRow(stored: StoredRow): LedgerRow {
	const row: Record<string, unknown> = {};
	for (const [field, column, kind] of CALL_COLUMNS) {
		const value = stored[column] ?? null;
		if (kind === 'flag') row[field] = value === 1 || value === true;
		else if (kind === 'money') row[field] = toUsd(value);
		else row[field] = kind === 'text' || value === null ? value : Number(value);
	}
	return row as unknown as LedgerRow;
}

/** Money as it is kept. Throws `invalid-argument` for what is negative or no number. */
export function toNanoUsd(usd: number): number {
	if (!Number.isFinite(usd) || usd < 0) throw new CoordinatorError('invalid-argument', `${usd} is no amount of money.`);
	return Math.round(usd * NANO);
}

export function toUsd(nanoUsd: unknown): number | null {
	return nanoUsd === null || nanoUsd === undefined ? null : Number(nanoUsd) / NANO;
}

/** Totals from the columns of the same names in snake case. */
export function toTotals(row: StoredRow): LedgerTotals {
	const number = (column: string) => Number(row[column] ?? 0);
	return {
		calls: number('calls'),
		failed: number('failed'),
		cancelled: number('cancelled'),
		cacheHits: number('cache_hits'),
		inputTokens: number('input_tokens'),
		outputTokens: number('output_tokens'),
		estimatedCalls: number('estimated_calls'),
		costUsd: toUsd(row.cost_nano_usd) ?? 0,
		unknownCostCalls: number('unknown_cost_calls'),
		totalMs: number('total_ms'),
	};
}

/** The rows of a range and a filter, after the page that ended with `after`. Throws `invalid-argument` for an end of no page. */
export function callConditions(range: LedgerRange, filter: LedgerFilter, after: string | undefined, equals: string): readonly Condition[] {
	const conditions = conditionsOf(range, filter, columnOf, equals);
	if (after === undefined) return conditions;
	const [, timeMs, row] = /^(\d+):(\d+)$/.exec(after) ?? [];
	if (timeMs === undefined || row === undefined) throw new CoordinatorError('invalid-argument', 'This is not the next page of a ledger.');
	return [...conditions, { term: '(time_ms, row) < (?, ?)', values: [Number(timeMs), Number(row)] }];
}

function columnOf(field: keyof LedgerRow): string {
	const found = CALL_COLUMNS.find(([name]) => name === field);
	if (!found) throw new CoordinatorError('invalid-argument', `The ledger has no field ${field}.`);
	return found[1];
}
