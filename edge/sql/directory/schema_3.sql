-- Sessions of the operator have ids, so that they can be listed and ended elsewhere, and secrets that replace each other, as
-- those of the ledger have. What is over is removed.
CREATE TABLE operator_session (
  id TEXT PRIMARY KEY,
  -- Of the operator's key it was opened with: another key ends it.
  key_hash TEXT NOT NULL CHECK (length(key_hash) = 64),
  -- Which browser on which system, in two words.
  browser TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_session_age ON operator_session (created_at);
CREATE TABLE operator_secret (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  session_id TEXT NOT NULL,
  -- When it was given out.
  made_at INTEGER NOT NULL,
  -- When it was used for the first time.
  taken_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_secret_of ON operator_secret (session_id, made_at);
CREATE TRIGGER operator_session_ends AFTER DELETE ON operator_session
BEGIN DELETE FROM operator_secret WHERE session_id = OLD.id; END;
INSERT INTO operator_session (id, key_hash, browser, created_at, seen_at)
SELECT 'ses_' || substr(hash, 1, 16), key_hash, '', created_at, seen_at FROM session;
INSERT INTO operator_secret (hash, session_id, made_at, taken_at)
SELECT hash, 'ses_' || substr(hash, 1, 16), created_at, created_at FROM session;
DROP TABLE session;
