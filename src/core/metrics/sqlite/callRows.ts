import { CoordinatorError } from '#core/base/errors';
import type { SqliteRow, SqliteValue } from '#core/store/sqlite';
import type { LedgerRow } from '../ledger.ts';

const NANO = 1e9;

/** Where each field is kept, and how. */
const COLUMNS: readonly (readonly [field: keyof LedgerRow, column: string, kind: 'text' | 'count' | 'duration' | 'flag' | 'money'])[] = [
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

export const INSERT_CALL = `INSERT INTO calls (${COLUMNS.map(([, column]) => column).join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`;
export const CALL_COLUMNS = COLUMNS.map(([, column]) => column).join(', ');

/** The column of a field. */
export function columnOf(field: keyof LedgerRow): string {
	const found = COLUMNS.find(([name]) => name === field);
	if (!found) throw new CoordinatorError('invalid-argument', `The ledger has no field ${field}.`);
	return found[1];
}

/** The values of `INSERT_CALL`. Throws `invalid-argument` for an amount that is negative or no number. */
export function toValues(row: LedgerRow): SqliteValue[] {
	return COLUMNS.map(([field, , kind]) => {
		const value = row[field];
		if (value === null || typeof value === 'string') return value;
		if (typeof value === 'boolean') return value ? 1 : 0;
		if (!Number.isFinite(value) || value < 0) throw new CoordinatorError('invalid-argument', `The ledger cannot keep ${value} as ${field}.`);
		if (kind === 'money') return toNanoUsd(value);
		return kind === 'count' ? Math.round(value) : value;
	});
}

/** The row that `toValues` was made of, with money rounded to nano-dollars. */
export function fromRow(stored: SqliteRow): LedgerRow {
	const row: Record<string, unknown> = {};
	for (const [field, column, kind] of COLUMNS) {
		const value = stored[column] ?? null;
		if (kind === 'flag') row[field] = value === 1;
		else row[field] = kind === 'money' ? toUsd(value) : value;
	}
	return row as unknown as LedgerRow;
}

/** Money as it is kept. Throws `invalid-argument` for what is negative or no number. */
export function toNanoUsd(usd: number): number {
	if (!Number.isFinite(usd) || usd < 0) throw new CoordinatorError('invalid-argument', `${usd} is no amount of money.`);
	return Math.round(usd * NANO);
}

export function toUsd(nanoUsd: SqliteValue | undefined): number | null {
	return nanoUsd === null || nanoUsd === undefined ? null : Number(nanoUsd) / NANO;
}
