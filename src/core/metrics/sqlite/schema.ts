import type { Migrations } from '#core/store/migrate';
import { QUESTIONS_AND_SLOTS, TIMED_WITHOUT_EMBEDDING } from './slotSchema.ts';

/** Money in whole nano-dollars; booleans as 0 and 1. `row` is the order of recording. A question waits for what was spent, so an index of its own holds that. */
const CALLS = `
CREATE TABLE calls (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  interaction_id TEXT NOT NULL,
  retry_of TEXT,
  time_ms INTEGER NOT NULL,
  workspace_id TEXT,
  purpose TEXT NOT NULL,
  model_id TEXT NOT NULL,
  model_label TEXT NOT NULL,
  is_remote INTEGER NOT NULL,
  target TEXT NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  is_estimate INTEGER NOT NULL,
  cost_nano_usd INTEGER,
  price_as_of TEXT,
  first_token_ms REAL,
  total_ms REAL NOT NULL,
  result TEXT NOT NULL,
  is_cache_hit INTEGER NOT NULL,
  is_control INTEGER NOT NULL,
  context_tokens INTEGER NOT NULL,
  counterfactual_nano_usd INTEGER,
  counterfactual_model_id TEXT,
  counterfactual_price_as_of TEXT
);
CREATE INDEX calls_time ON calls(time_ms);
CREATE INDEX calls_spent ON calls(time_ms, cost_nano_usd);
CREATE INDEX calls_interaction ON calls(interaction_id);
`;

/** Few rows at any time: calls under way. Limits count all of them, whenever they began. */
const RESERVATIONS = `
CREATE TABLE reservations (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  nano_usd INTEGER NOT NULL
) WITHOUT ROWID;
`;

export const METRICS_MIGRATIONS: Migrations = [CALLS, RESERVATIONS, QUESTIONS_AND_SLOTS, TIMED_WITHOUT_EMBEDDING];
/** From this version of the schema on there are questions. */
export const QUESTIONS_VERSION = 3;
