import { CoordinatorError } from '#core/base/errors';
import type { CallSums, QuestionSums } from '#core/domain/dashboard';
import type { SqliteDatabase, SqliteRow, SqliteValue } from '#core/store/sqlite';
import { type CallCell, type QuestionCell, SLOT_MS, type SumsFilter } from '../questionLedger.ts';
import { SPANS } from './slotSchema.ts';

/** Field → column and the number of its units in one. */
type Columns<T> = Readonly<Record<keyof T & string, Unit>>;
type Unit = readonly [column: string, units?: number];

const NANO = 1e9;
const MICRO = 1e3;
const PPM = 1e6;

const CALL_COLUMNS: Columns<CallSums> = {
	calls: ['calls'],
	failed: ['failed'],
	cancelled: ['cancelled'],
	cacheHits: ['cache_hits'],
	inputTokens: ['input_tokens'],
	outputTokens: ['output_tokens'],
	estimatedCalls: ['estimated_calls'],
	costUsd: ['cost_nano_usd', NANO],
	unknownCostCalls: ['unknown_cost_calls'],
	timedCalls: ['timed_calls'],
	timedMs: ['timed_us', MICRO],
};

const QUESTION_COLUMNS: Columns<QuestionSums> = {
	asked: ['asked'],
	answered: ['answered'],
	answeredLocally: ['answered_locally'],
	stored: ['stored'],
	retried: ['retried'],
	localTokens: ['local_tokens'],
	localUsd: ['local_nano_usd', NANO],
	repeatedUsd: ['repeated_nano_usd', NANO],
	answerUsd: ['answer_nano_usd', NANO],
	triesUsd: ['tries_nano_usd', NANO],
	compressionUsd: ['compression_nano_usd', NANO],
	unknownAnswers: ['unknown_answers'],
	unknownCosts: ['unknown_costs'],
	augmented: ['augmented'],
	augmentedTokens: ['augmented_tokens'],
	augmentedSquares: ['augmented_squares'],
	controls: ['controls'],
	controlTokens: ['control_tokens'],
	controlSquares: ['control_squares'],
	timed: ['timed'],
	totalMs: ['total_us', MICRO],
	searched: ['searched'],
	searchMs: ['search_us', MICRO],
	storeMs: ['store_us', MICRO],
	withRelevance: ['with_relevance'],
	relevance: ['relevance_ppm', PPM],
	withConfidence: ['with_confidence'],
	confidence: ['confidence_ppm', PPM],
	judged: ['judged'],
	successes: ['successes'],
	partials: ['partials'],
	failures: ['failures'],
	success: ['success_ppm', PPM],
	thumbsUp: ['thumbs_up'],
	thumbsDown: ['thumbs_down'],
	highValue: ['high_value'],
	contexts: ['contexts'],
	contextsJudged: ['contexts_judged'],
	contextsUsed: ['contexts_used'],
	contextsReused: ['contexts_reused'],
};

/** Sums over the slots of each period. Whoever calls holds the transaction, so that both tables are of one moment. */
export function sumSlots(database: SqliteDatabase, bounds: readonly number[], filter: SumsFilter): { readonly calls: CallCell[]; readonly questions: QuestionCell[] } {
	if (bounds.length < 2 || bounds.some((bound, index) => bound % SLOT_MS !== 0 || (index > 0 && bound <= (bounds[index - 1] ?? 0)))) {
		throw new CoordinatorError('invalid-argument', 'The bounds of sums must ascend, in whole quarters of an hour.');
	}
	const stretches = JSON.stringify(stretchesOf(bounds.map((bound) => bound / SLOT_MS)));
	const read = (table: string, keys: string, columns: Readonly<Record<string, Unit>>) => {
		const terms: string[] = [];
		const values: SqliteValue[] = [];
		for (const [column, value] of [
			['workspace_id', filter.workspaceId],
			['model_id', filter.modelId],
		] as const) {
			if (value === undefined) continue;
			terms.push(`AND ${column} = ?`);
			values.push(value ?? '');
		}
		// A whole number beyond 2^53 is refused by the engine; a sum of squares may be one.
		const sums = Object.values(columns).map(([column]) => `CAST(sum(${column}) AS REAL) AS ${column}`);
		// CROSS JOIN keeps the order: for each stretch a range of the primary key.
		return database
			.prepare(
				`WITH stretches(period, length, first, last) AS (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?))
				SELECT period, ${keys}, ${sums.join(', ')} FROM stretches CROSS JOIN ${table} WHERE span = length AND slot >= first AND slot < last ${terms.join(' ')} GROUP BY period, ${keys}`,
			)
			.all(stretches, ...values);
	};
	const orNull = (value: SqliteValue | undefined) => (value === '' || value === undefined ? null : String(value));
	return {
		calls: read('call_slots', 'model_id, is_remote', CALL_COLUMNS).map((row) => ({
			period: Number(row.period),
			modelId: String(row.model_id),
			isRemote: row.is_remote === 1,
			...fieldsOf<CallSums>(row, CALL_COLUMNS),
		})),
		questions: read('question_slots', 'model_id, reference_model_id, reference_price_as_of', QUESTION_COLUMNS).map((row) => ({
			period: Number(row.period),
			modelId: orNull(row.model_id),
			referenceModelId: orNull(row.reference_model_id),
			referencePriceAsOf: orNull(row.reference_price_as_of),
			...fieldsOf<QuestionSums>(row, QUESTION_COLUMNS),
		})),
	};
}

/** Periods, in quarters of an hour, as stretches of slots: `[period, span, first, last]`, with the longest slots that fit, so the fewest rows. */
export function stretchesOf(bounds: readonly number[]): (readonly [period: number, span: number, first: number, last: number])[] {
	const cut = (period: number, first: number, last: number, spans: readonly number[]): (readonly [number, number, number, number])[] => {
		const [span = 1, ...shorter] = spans;
		const [from, to] = [Math.ceil(first / span) * span, Math.floor(last / span) * span];
		if (first >= last) return [];
		if (from >= to) return cut(period, first, last, shorter);
		return [...cut(period, first, from, shorter), [period, span, from, to], ...cut(period, to, last, shorter)];
	};
	return bounds.slice(1).flatMap((last, period) => cut(period, bounds[period] ?? last, last, SPANS.toReversed()));
}

function fieldsOf<T extends object>(row: SqliteRow, columns: Columns<T>): T {
	const entries: readonly (readonly [string, Unit])[] = Object.entries(columns);
	return Object.fromEntries(entries.map(([field, [column, units = 1]]) => [field, Number(row[column] ?? 0) / units])) as T;
}
