import type { Migrations } from '#core/store/migrate';
import { POSTGRES_SCHEMA } from '#core/store/migratePostgres';

/**
 * Money in whole nano-dollars. `row` is the order of recording. The key is the id with its user, and not the time, so that a row that is sent
 * twice is one row whatever it says: that is why old rows go by a job and not by partitions of time, whose key would have to hold the time.
 * `settled` says what became of an interaction, each time that it was found out; the newest row counts. `names` has those users alone who chose to be named. `policy` is the database owner's: how long rows are kept.
 */
const TEAM = `
CREATE TABLE ${POSTGRES_SCHEMA}.calls (
  row BIGINT GENERATED ALWAYS AS IDENTITY,
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  interaction_id TEXT NOT NULL,
  retry_of TEXT,
  time_ms BIGINT NOT NULL,
  workspace_id TEXT,
  purpose TEXT NOT NULL,
  model_id TEXT NOT NULL,
  model_label TEXT NOT NULL,
  is_remote BOOLEAN NOT NULL,
  target TEXT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  is_estimate BOOLEAN NOT NULL,
  cost_nano_usd BIGINT,
  price_as_of TEXT,
  first_token_ms DOUBLE PRECISION,
  total_ms DOUBLE PRECISION NOT NULL,
  result TEXT NOT NULL,
  is_cache_hit BOOLEAN NOT NULL,
  is_control BOOLEAN NOT NULL,
  context_tokens BIGINT NOT NULL,
  counterfactual_nano_usd BIGINT,
  counterfactual_model_id TEXT,
  counterfactual_price_as_of TEXT,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX calls_time ON ${POSTGRES_SCHEMA}.calls (time_ms);
CREATE INDEX calls_user_time ON ${POSTGRES_SCHEMA}.calls (user_id, time_ms, row);
CREATE INDEX calls_interaction ON ${POSTGRES_SCHEMA}.calls (user_id, interaction_id);
CREATE TABLE ${POSTGRES_SCHEMA}.reservations (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  time_ms BIGINT NOT NULL,
  nano_usd BIGINT NOT NULL,
  PRIMARY KEY (user_id, id)
);
CREATE TABLE ${POSTGRES_SCHEMA}.settled (
  row BIGINT GENERATED ALWAYS AS IDENTITY,
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  interaction_id TEXT NOT NULL,
  time_ms BIGINT NOT NULL,
  label TEXT,
  probability DOUBLE PRECISION NOT NULL,
  user_feedback INTEGER NOT NULL,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX settled_interaction ON ${POSTGRES_SCHEMA}.settled (user_id, interaction_id, row);
CREATE INDEX settled_time ON ${POSTGRES_SCHEMA}.settled (time_ms);
CREATE TABLE ${POSTGRES_SCHEMA}.names (user_id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE ${POSTGRES_SCHEMA}.policy (only_row BOOLEAN PRIMARY KEY DEFAULT true CHECK (only_row), retention_days INTEGER NOT NULL CHECK (retention_days > 0));
INSERT INTO ${POSTGRES_SCHEMA}.policy (retention_days) VALUES (400);
`;

export const TEAM_METRICS_MIGRATIONS: Migrations = [TEAM];
