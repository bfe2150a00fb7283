import type { Migrations } from '../migrate.ts';
import { POSTGRES_SCHEMA } from '../migratePostgres.ts';

/** As in SQLite, with the user that each row is of. `row` is the order in which interactions began to wait. */
const OUTCOMES = `
CREATE TABLE ${POSTGRES_SCHEMA}.signals (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  interaction_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  subject TEXT,
  source TEXT NOT NULL,
  time_ms BIGINT NOT NULL,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX signals_interaction ON ${POSTGRES_SCHEMA}.signals (user_id, interaction_id);
CREATE INDEX signals_time ON ${POSTGRES_SCHEMA}.signals (time_ms);
CREATE TABLE ${POSTGRES_SCHEMA}.contexts (
  user_id TEXT NOT NULL,
  interaction_id TEXT NOT NULL,
  point_id TEXT NOT NULL,
  place TEXT NOT NULL,
  is_used BOOLEAN NOT NULL,
  PRIMARY KEY (user_id, interaction_id, point_id)
);
CREATE INDEX contexts_place ON ${POSTGRES_SCHEMA}.contexts (user_id, place text_pattern_ops);
CREATE TABLE ${POSTGRES_SCHEMA}.credits (
  user_id TEXT NOT NULL,
  interaction_id TEXT NOT NULL,
  place TEXT NOT NULL,
  success DOUBLE PRECISION NOT NULL,
  weight DOUBLE PRECISION NOT NULL,
  time_ms BIGINT NOT NULL,
  PRIMARY KEY (user_id, interaction_id, place)
);
CREATE INDEX credits_place ON ${POSTGRES_SCHEMA}.credits (user_id, place);
CREATE TABLE ${POSTGRES_SCHEMA}.pending (
  row BIGINT GENERATED ALWAYS AS IDENTITY,
  user_id TEXT NOT NULL,
  interaction_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (user_id, interaction_id)
);
`;

export const TEAM_OUTCOME_MIGRATIONS: Migrations = [OUTCOMES];
