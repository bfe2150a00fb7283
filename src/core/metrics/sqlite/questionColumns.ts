import { CoordinatorError } from '#core/base/errors';
import type { QuestionRow } from '#core/domain/questionRow';
import type { SqliteRow, SqliteValue } from '#core/store/sqlite';

type Kind = 'text' | 'count' | 'flag' | 'sign' | 'money' | 'duration' | 'share';

/** Whole numbers for one of the row's: then sums are exact. */
const UNITS: Readonly<Partial<Record<Kind, number>>> = { money: 1e9, duration: 1e3, share: 1e6 };

/** Where each field is kept, and how. */
const COLUMNS: readonly (readonly [field: keyof QuestionRow, column: string, kind: Kind])[] = [
	['interactionId', 'interaction_id', 'text'],
	['timeMs', 'time_ms', 'count'],
	['workspaceId', 'workspace_id', 'text'],
	['modelId', 'model_id', 'text'],
	['modelLabel', 'model_label', 'text'],
	['answeredBy', 'answered_by', 'text'],
	['isRetried', 'is_retried', 'flag'],
	['isControl', 'is_control', 'flag'],
	['isMeasured', 'is_measured', 'flag'],
	['tokens', 'tokens', 'count'],
	['elsewhereUsd', 'elsewhere_nano_usd', 'money'],
	['answerUsd', 'answer_nano_usd', 'money'],
	['triesUsd', 'tries_nano_usd', 'money'],
	['compressionUsd', 'compression_nano_usd', 'money'],
	['isElsewhereUnknown', 'is_elsewhere_unknown', 'flag'],
	['unknownCosts', 'unknown_costs', 'count'],
	['referenceModelId', 'reference_model_id', 'text'],
	['referencePriceAsOf', 'reference_price_as_of', 'text'],
	['totalMs', 'total_us', 'duration'],
	['searchMs', 'search_us', 'duration'],
	['storeMs', 'store_us', 'duration'],
	['relevance', 'relevance_ppm', 'share'],
	['confidence', 'confidence_ppm', 'share'],
	['contexts', 'contexts', 'count'],
	['outcome', 'outcome', 'text'],
	['success', 'success_ppm', 'share'],
	['userFeedback', 'user_feedback', 'sign'],
	['valueScore', 'value_ppm', 'share'],
	['isHighValue', 'is_high_value', 'flag'],
	['contextsUsed', 'contexts_used', 'count'],
	['contextsReused', 'contexts_reused', 'count'],
];

export const QUESTION_COLUMNS = COLUMNS.map(([, column]) => column).join(', ');
export const INSERT_QUESTION = `INSERT INTO questions (${QUESTION_COLUMNS}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;

/** The column of a field. */
export function questionColumn(field: keyof QuestionRow): string {
	const found = COLUMNS.find(([name]) => name === field);
	if (!found) throw new CoordinatorError('invalid-argument', `Questions have no field ${field}.`);
	return found[1];
}

/** The values of `INSERT_QUESTION`. Throws `invalid-argument` for an amount that is no number, or negative where it cannot be. */
export function questionValues(row: QuestionRow): SqliteValue[] {
	return COLUMNS.map(([field, , kind]) => {
		const value = row[field];
		if (value === null || typeof value === 'string') return value;
		if (typeof value === 'boolean') return value ? 1 : 0;
		if (!Number.isFinite(value) || (value < 0 && kind !== 'sign')) throw new CoordinatorError('invalid-argument', `The ledger cannot keep ${value} as ${field}.`);
		return Math.round(value * (UNITS[kind] ?? 1));
	});
}

/** The row that `questionValues` was made of. */
export function toQuestionRow(stored: SqliteRow): QuestionRow {
	const row: Record<string, unknown> = {};
	for (const [field, column, kind] of COLUMNS) {
		const value = stored[column] ?? null;
		if (kind === 'flag') row[field] = value === 1;
		else row[field] = typeof value === 'number' ? value / (UNITS[kind] ?? 1) : value;
	}
	return row as unknown as QuestionRow;
}
