// Versions 3 and 4 of the schema. They are migrations: what is here changes only by another one.

type Sums = Readonly<Record<string, string>>;

/** Column → what one call adds to it; `row` is the call. */
const CALL_SUMS: Sums = {
	calls: '1',
	failed: "row.result = 'failed'",
	cancelled: "row.result = 'cancelled'",
	cache_hits: 'row.is_cache_hit',
	input_tokens: 'row.input_tokens',
	output_tokens: 'row.output_tokens',
	estimated_calls: 'row.is_estimate',
	cost_nano_usd: 'coalesce(row.cost_nano_usd, 0)',
	unknown_cost_calls: 'row.cost_nano_usd IS NULL',
	timed_calls: "row.result = 'ok' AND NOT row.is_cache_hit",
	timed_us: "(row.result = 'ok' AND NOT row.is_cache_hit) * CAST(round(row.total_ms * 1000) AS INTEGER)",
};

const IS_HERE = "row.answered_by IN ('local', 'stored')";
const IS_AUGMENTED = '(row.is_measured AND NOT row.is_control)';
const IS_CONTROL = '(row.is_measured AND row.is_control)';

/** Column → what one question adds to it; `row` is the question. */
const QUESTION_SUMS: Sums = {
	asked: '1',
	answered: "row.answered_by <> 'nobody'",
	answered_locally: IS_HERE,
	stored: "row.answered_by = 'stored'",
	retried: 'row.is_retried',
	local_tokens: `(${IS_HERE}) * row.tokens`,
	local_nano_usd: "(row.answered_by = 'local') * row.elsewhere_nano_usd",
	repeated_nano_usd: "(row.answered_by = 'stored') * row.elsewhere_nano_usd",
	answer_nano_usd: 'row.answer_nano_usd',
	tries_nano_usd: 'row.tries_nano_usd',
	compression_nano_usd: 'row.compression_nano_usd',
	unknown_answers: 'row.is_elsewhere_unknown',
	unknown_costs: 'row.unknown_costs',
	augmented: IS_AUGMENTED,
	augmented_tokens: `${IS_AUGMENTED} * row.tokens`,
	augmented_squares: `${IS_AUGMENTED} * row.tokens * row.tokens`,
	controls: IS_CONTROL,
	control_tokens: `${IS_CONTROL} * row.tokens`,
	control_squares: `${IS_CONTROL} * row.tokens * row.tokens`,
	timed: 'row.total_us IS NOT NULL',
	total_us: 'coalesce(row.total_us, 0)',
	searched: 'row.search_us IS NOT NULL',
	search_us: 'coalesce(row.search_us, 0)',
	store_us: 'coalesce(row.store_us, 0)',
	with_relevance: 'row.relevance_ppm IS NOT NULL',
	relevance_ppm: 'coalesce(row.relevance_ppm, 0)',
	with_confidence: 'row.confidence_ppm IS NOT NULL',
	confidence_ppm: 'coalesce(row.confidence_ppm, 0)',
	judged: 'row.outcome IS NOT NULL',
	successes: "coalesce(row.outcome = 'success', 0)",
	partials: "coalesce(row.outcome = 'partial', 0)",
	failures: "coalesce(row.outcome = 'failure', 0)",
	success_ppm: 'coalesce(row.success_ppm, 0)',
	thumbs_up: 'row.user_feedback = 1',
	thumbs_down: 'row.user_feedback = -1',
	high_value: 'row.is_high_value',
	contexts: 'row.contexts',
	contexts_judged: '(row.outcome IS NOT NULL) * row.contexts',
	contexts_used: 'row.contexts_used',
	contexts_reused: 'row.contexts_reused',
};

const QUESTIONS = `
CREATE TABLE questions (
  interaction_id TEXT PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  workspace_id TEXT, model_id TEXT, model_label TEXT,
  answered_by TEXT NOT NULL,
  is_retried INTEGER NOT NULL, is_control INTEGER NOT NULL, is_measured INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  elsewhere_nano_usd INTEGER NOT NULL, answer_nano_usd INTEGER NOT NULL, tries_nano_usd INTEGER NOT NULL, compression_nano_usd INTEGER NOT NULL,
  is_elsewhere_unknown INTEGER NOT NULL, unknown_costs INTEGER NOT NULL,
  reference_model_id TEXT, reference_price_as_of TEXT,
  total_us INTEGER, search_us INTEGER, store_us INTEGER, relevance_ppm INTEGER, confidence_ppm INTEGER, contexts INTEGER NOT NULL,
  outcome TEXT, success_ppm INTEGER, user_feedback INTEGER NOT NULL, value_ppm INTEGER NOT NULL, is_high_value INTEGER NOT NULL,
  contexts_used INTEGER NOT NULL, contexts_reused INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX questions_time ON questions(time_ms, interaction_id);
CREATE INDEX questions_timed ON questions(time_ms, total_us, search_us, store_us) WHERE total_us IS NOT NULL;
CREATE INDEX questions_judged ON questions(time_ms, confidence_ppm, success_ppm) WHERE confidence_ppm IS NOT NULL AND success_ppm IS NOT NULL;
CREATE INDEX questions_workspace ON questions(workspace_id, time_ms);
CREATE INDEX calls_model ON calls(model_id, time_ms);
CREATE INDEX calls_retry ON calls(retry_of) WHERE retry_of IS NOT NULL;
`;

/** Lengths of slots, in quarters of an hour: hours, quarters of a day and days of UTC hold the same sums again, so that long periods are added up from few rows. */
export const SPANS = [1, 4, 24, 96] as const;

/**
 * A table of sums, which triggers keep equal to the sums of the rows: a year is added up without reading its calls. `slot` is the first quarter
 * of an hour, counted from 1970.
 */
function slots(source: string, table: string, keys: Sums, sums: Sums): string {
	const sumColumns = Object.keys(sums);
	const columns = ['span', 'slot', ...Object.keys(keys), ...sumColumns].join(', ');
	const sumsOf = (span: number) => [String(span), slotOf('row', span), ...Object.values(keys), ...Object.values(sums).map((text) => `sum(${text})`)].join(', ');
	return `
CREATE TABLE ${table} (span INTEGER NOT NULL, slot INTEGER NOT NULL, ${Object.keys(keys)
		.map((column) => `${column} NOT NULL`)
		.join(', ')},
  ${sumColumns.map((column) => `${column} INTEGER NOT NULL`).join(', ')}, PRIMARY KEY (span, slot, ${Object.keys(keys).join(', ')})) WITHOUT ROWID;
${triggers(source, table, keys, sums)}
${SPANS.map((span) => `INSERT INTO ${table} (${columns}) SELECT ${sumsOf(span)} FROM ${source} AS row GROUP BY ${['slot', ...Object.keys(keys)].map((_, index) => index + 2).join(', ')};`).join('\n')}
`;
}

function triggers(source: string, table: string, keys: Sums, sums: Sums): string {
	const sumColumns = Object.keys(sums);
	const columns = ['span', 'slot', ...Object.keys(keys), ...sumColumns].join(', ');
	const of = (row: string, expressions: readonly string[]) => expressions.map((text) => text.replaceAll('row.', `${row}.`));
	const valuesOf = (row: string, span: number) => [String(span), slotOf(row, span), ...of(row, [...Object.values(keys), ...Object.values(sums)])].join(', ');
	const isSame = (span: number) =>
		[
			`span = ${span}`,
			`slot = ${slotOf('OLD', span)}`,
			...of(
				'OLD',
				Object.entries(keys).map(([column, text]) => `${column} = ${text}`),
			),
		].join(' AND ');
	const less = of(
		'OLD',
		Object.entries(sums).map(([column, text]) => `${column} = ${column} - (${text})`),
	).join(', ');
	const more = sumColumns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ');
	return `CREATE TRIGGER ${table}_add AFTER INSERT ON ${source} BEGIN
${SPANS.map((span) => `  INSERT INTO ${table} (${columns}) VALUES (${valuesOf('NEW', span)}) ON CONFLICT DO UPDATE SET ${more};`).join('\n')}
END;
CREATE TRIGGER ${table}_remove AFTER DELETE ON ${source} BEGIN
${SPANS.map((span) => `  UPDATE ${table} SET ${less} WHERE ${isSame(span)};\n  DELETE FROM ${table} WHERE ${isSame(span)} AND ${sumColumns[0]} = 0;`).join('\n')}
END;`;
}

function slotOf(row: string, span: number): string {
	return `${row}.time_ms / ${span * 900_000} * ${span}`;
}

const orEmpty = (column: string) => `coalesce(row.${column}, '')`;

const CALL_KEYS: Sums = { workspace_id: orEmpty('workspace_id'), model_id: 'row.model_id', is_remote: 'row.is_remote' };

export const QUESTIONS_AND_SLOTS = [
	QUESTIONS,
	slots('calls', 'call_slots', CALL_KEYS, CALL_SUMS),
	slots(
		'questions',
		'question_slots',
		{
			workspace_id: orEmpty('workspace_id'),
			model_id: orEmpty('model_id'),
			reference_model_id: orEmpty('reference_model_id'),
			reference_price_as_of: orEmpty('reference_price_as_of'),
		},
		QUESTION_SUMS,
	),
].join('');

const IS_TIMED = "row.result = 'ok' AND NOT row.is_cache_hit AND row.purpose <> 'embedding'";

/**
 * Version 4: the time of calls that make vectors is not added to that of the others, whose mean it would hide. Such calls were not kept before, so
 * the sums that are there stay as they are.
 */
export const TIMED_WITHOUT_EMBEDDING = `
DROP TRIGGER call_slots_add;
DROP TRIGGER call_slots_remove;
${triggers('calls', 'call_slots', CALL_KEYS, { ...CALL_SUMS, timed_calls: IS_TIMED, timed_us: `(${IS_TIMED}) * CAST(round(row.total_ms * 1000) AS INTEGER)` })}
`;
