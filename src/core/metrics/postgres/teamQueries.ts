import { POSTGRES_SCHEMA as S } from '#core/store/migratePostgres';
import { CALL_TOTALS } from './postgresLedger.ts';

/**
 * The rows of `$1` and later, and what `localSavings` and `augmentationEffect` make of them, as tables: `finals` has the last good answer of each
 * question that was not asked again, `heard` what became of it at last, and `people` a name for each user.
 */
const TABLES = `scope AS (SELECT * FROM ${S}.calls WHERE time_ms >= $1),
people AS (
  SELECT user_id, coalesce(name, user_id) AS person, name IS NOT NULL AS is_named
  FROM (SELECT DISTINCT user_id FROM scope) AS users LEFT JOIN ${S}.names USING (user_id)
),
retried AS (SELECT DISTINCT user_id, retry_of AS interaction_id FROM scope WHERE retry_of IS NOT NULL),
finals AS (
  SELECT DISTINCT ON (user_id, interaction_id) row, user_id, interaction_id, time_ms, model_id, is_remote, NOT is_remote OR is_cache_hit AS is_local,
    counterfactual_nano_usd, counterfactual_model_id, counterfactual_price_as_of
  FROM scope LEFT JOIN retried USING (user_id, interaction_id)
  WHERE purpose = 'answer' AND result = 'ok' AND retried.user_id IS NULL
  ORDER BY user_id, interaction_id, time_ms DESC, row DESC
),
heard AS (SELECT DISTINCT ON (user_id, interaction_id) user_id, interaction_id, label FROM ${S}.settled ORDER BY user_id, interaction_id, row DESC),
answers AS (SELECT finals.*, person, label FROM finals JOIN people USING (user_id) LEFT JOIN heard USING (user_id, interaction_id)),
marked AS (
  SELECT scope.*, finals.row IS NOT NULL AND finals.is_local AS is_local_answer, purpose = 'answer' AND NOT is_remote AND finals.row IS NULL AS is_failed_try
  FROM scope LEFT JOIN (SELECT row, is_local FROM finals) AS finals USING (row)
),
questions AS (
  SELECT sum(input_tokens + output_tokens) AS tokens, bool_or(is_control) AS is_control FROM scope
  WHERE purpose IN ('answer', 'compression') GROUP BY user_id, interaction_id
  HAVING bool_or(purpose = 'answer' AND result = 'ok') AND NOT bool_or(is_cache_hit)
)`;

const OUTCOMES = `count(*) FILTER (WHERE label IS NOT NULL) AS heard, count(*) FILTER (WHERE label = 'success') AS success,
  count(*) FILTER (WHERE label = 'partial') AS partial, count(*) FILTER (WHERE label = 'failure') AS failure`;
const newest = (column: string) => `(array_agg(${column} ORDER BY time_ms DESC, row DESC))[1] AS ${column}`;

/** The parts of a report, each with its rows in the order in which they are shown; `$2` is one's own id. */
const PARTS = {
	members: `SELECT person, bool_or(is_named) AS is_named, bool_or(user_id = $2) AS is_own, max(time_ms) AS last_ms, ${CALL_TOTALS},
  coalesce(sum(counterfactual_nano_usd) FILTER (WHERE is_local_answer AND NOT is_cache_hit), 0) AS local_answers,
  coalesce(sum(counterfactual_nano_usd) FILTER (WHERE is_local_answer AND is_cache_hit), 0) AS repeated_answers,
  coalesce(sum(cost_nano_usd) FILTER (WHERE is_local_answer), 0) AS cost_of_answers,
  coalesce(sum(cost_nano_usd) FILTER (WHERE is_failed_try), 0) AS failed_local_tries,
  coalesce(sum(cost_nano_usd) FILTER (WHERE purpose = 'compression'), 0) AS compression,
  count(*) FILTER (WHERE is_local_answer) AS answered_locally,
  count(*) FILTER (WHERE is_local_answer AND counterfactual_nano_usd IS NULL) AS unknown_answers,
  count(*) FILTER (WHERE cost_nano_usd IS NULL AND (is_local_answer OR is_failed_try OR purpose = 'compression')) AS unknown_costs
FROM marked JOIN people USING (user_id) GROUP BY person ORDER BY calls DESC, person COLLATE "C"`,
	answers: `SELECT person, count(*) AS answered, ${OUTCOMES} FROM answers GROUP BY person`,
	prices: `SELECT person, counterfactual_model_id AS model_id, counterfactual_price_as_of AS as_of, count(*) AS answers
FROM answers WHERE is_local AND counterfactual_nano_usd IS NOT NULL GROUP BY 1, 2, 3`,
	signals: `SELECT person, count(*) AS signals FROM ${S}.signals JOIN people USING (user_id) WHERE time_ms >= $1 GROUP BY person`,
	models: `SELECT model_id, is_remote, ${newest('model_label')}, count(DISTINCT user_id) AS users, ${CALL_TOTALS}
FROM scope GROUP BY model_id, is_remote ORDER BY calls DESC, model_id COLLATE "C"`,
	modelOutcomes: `SELECT model_id, is_remote, ${OUTCOMES} FROM answers GROUP BY model_id, is_remote`,
	weeks: `SELECT extract(epoch FROM date_trunc('week', to_timestamp(time_ms / 1000.0) AT TIME ZONE 'UTC')) * 1000 AS start_ms,
  count(*) AS answered, count(*) FILTER (WHERE is_local) AS answered_locally, ${OUTCOMES} FROM answers GROUP BY 1 ORDER BY 1`,
	samples: `SELECT is_control, count(*) AS count, avg(tokens)::float8 AS mean, (coalesce(var_samp(tokens), 0) / count(*))::float8 AS error
FROM questions GROUP BY is_control`,
} as const;

export type ReportPart = keyof typeof PARTS;

/** All parts in one statement, so that the rows are read and joined once: `part` and its rows as the text of a JSON array. */
export const REPORT = `WITH ${TABLES}
${Object.entries(PARTS)
	.map(([part, sql]) => `SELECT '${part}' AS part, coalesce(json_agg(found), '[]')::text AS found FROM (${sql}) AS found`)
	.join('\nUNION ALL\n')}`;
