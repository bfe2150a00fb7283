import type { Migrations } from '../migrate.ts';

/** Points, the bodies (text and terms) that points of equal content share, vectors by content and model, and what changed when. */
const POINTS = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bodies (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  content_hash TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  text_terms BLOB, symbol_terms BLOB, static BLOB
);
CREATE TABLE points (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  collection TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  file_path TEXT NOT NULL,
  body INTEGER NOT NULL REFERENCES bodies(row),
  payload TEXT NOT NULL,
  state TEXT,
  path_terms BLOB,
  seq INTEGER NOT NULL
);
CREATE INDEX points_place ON points(collection, workspace_id, file_path);
CREATE INDEX points_seq ON points(seq);
CREATE INDEX points_body ON points(body);
CREATE TABLE removed (seq INTEGER NOT NULL, collection TEXT NOT NULL, workspace_id TEXT NOT NULL, row INTEGER NOT NULL);
CREATE INDEX removed_seq ON removed(seq);
CREATE TABLE models (model TEXT PRIMARY KEY, dimension INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE vectors (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  content_hash TEXT NOT NULL,
  model TEXT NOT NULL,
  data BLOB NOT NULL,
  UNIQUE (model, content_hash)
);
INSERT INTO meta VALUES ('seq', '0');
`;

/** Which paths a worktree has, the outlines of contents, what a scan skipped, and who indexes. */
const MANIFEST = `
CREATE TABLE outlines (
  content_hash TEXT NOT NULL,
  language TEXT NOT NULL,
  version INTEGER NOT NULL,
  line_count INTEGER NOT NULL,
  chunks TEXT NOT NULL,
  imports TEXT NOT NULL,
  PRIMARY KEY (content_hash, language, version)
) WITHOUT ROWID;
CREATE TABLE files (
  worktree_id TEXT NOT NULL,
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime REAL NOT NULL,
  content_hash TEXT,
  language TEXT,
  skip_reason TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  lines INTEGER NOT NULL DEFAULT 0,
  chunks INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (worktree_id, path)
) WITHOUT ROWID;
CREATE INDEX files_content ON files(content_hash);
CREATE TABLE skips (worktree_id TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, examples TEXT NOT NULL, PRIMARY KEY (worktree_id, reason)) WITHOUT ROWID;
CREATE TABLE leases (worktree_id TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
`;

/** What is to be collected: contents of no worktree with the time since when, and chunks whose outline was collected. */
const GARBAGE = `
CREATE TABLE unused (content_hash TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE orphans (content_hash TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX vectors_content ON vectors(content_hash);
`;

/** Signals as they came, what was sent with each question, what places earned, and which interactions have consequences outstanding. */
const OUTCOMES = `
CREATE TABLE signals (
  id TEXT PRIMARY KEY,
  interaction_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  value REAL NOT NULL,
  subject TEXT,
  source TEXT NOT NULL,
  time_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX signals_interaction ON signals(interaction_id);
CREATE TABLE contexts (interaction_id TEXT NOT NULL, point_id TEXT NOT NULL, place TEXT NOT NULL, is_used INTEGER NOT NULL, PRIMARY KEY (interaction_id, point_id)) WITHOUT ROWID;
CREATE INDEX contexts_place ON contexts(place);
CREATE TABLE credits (
  interaction_id TEXT NOT NULL,
  place TEXT NOT NULL,
  success REAL NOT NULL,
  weight REAL NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (interaction_id, place)
) WITHOUT ROWID;
CREATE INDEX credits_place ON credits(place);
CREATE TABLE pending (interaction_id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL);
`;

/** Interactions that a pattern is to be extracted from, what became of each, and items that the user deleted and that must not come back. */
const EXTRACTIONS = `
CREATE TABLE extractions (
  interaction_id TEXT PRIMARY KEY,
  queued_ms INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',
  reason TEXT,
  skill_id TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  claimed_until_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX extractions_state ON extractions(state, queued_ms);
CREATE TABLE deleted_items (id TEXT PRIMARY KEY) WITHOUT ROWID;
`;

/** What the router decided and how that went; `generation` grows when it is told to forget. AUTOINCREMENT: a number is never used twice. */
const ROUTES = `
CREATE TABLE routes (
	interaction_id TEXT PRIMARY KEY, time_ms REAL NOT NULL, work_kind TEXT NOT NULL, difficulty REAL NOT NULL, plain BLOB NOT NULL,
	vector_model TEXT, vector BLOB, priors TEXT NOT NULL, decision TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX routes_by_time ON routes (time_ms);
CREATE TABLE route_outcomes (
	seq INTEGER PRIMARY KEY AUTOINCREMENT, interaction_id TEXT NOT NULL, model_id TEXT NOT NULL, time_ms REAL NOT NULL, success REAL NOT NULL,
	weight REAL NOT NULL, prior REAL NOT NULL, work_kind TEXT NOT NULL, difficulty REAL NOT NULL, plain BLOB NOT NULL, vector_model TEXT, vector BLOB,
	UNIQUE (interaction_id, model_id) ON CONFLICT REPLACE
);
CREATE TABLE route_generation (generation INTEGER NOT NULL);
INSERT INTO route_generation VALUES (0);
`;

/** How files were ranked for questions, and which of them proved right; `generation` grows when something was forgotten. */
const RANKINGS = `
CREATE TABLE file_rankings (
	interaction_id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, time_ms REAL NOT NULL, files TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX file_rankings_by_time ON file_rankings (time_ms);
CREATE TABLE ranking_judgements (
	seq INTEGER PRIMARY KEY AUTOINCREMENT, interaction_id TEXT NOT NULL, used TEXT NOT NULL, weight REAL NOT NULL,
	UNIQUE (interaction_id) ON CONFLICT REPLACE
);
CREATE TABLE ranking_generation (generation INTEGER NOT NULL);
INSERT INTO ranking_generation VALUES (0);
`;

export const INDEX_MIGRATIONS: Migrations = [POINTS + MANIFEST, GARBAGE];
export const KNOWLEDGE_MIGRATIONS: Migrations = [POINTS, OUTCOMES, EXTRACTIONS, ROUTES, RANKINGS];
