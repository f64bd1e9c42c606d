-- Secrets of the dashboard's sessions: one that is used is given a next one from time to time, and that one's use replaces
-- those before it, which are known all the same. Only hashes are kept. `session.hash` is that of the first.
CREATE TABLE session_secret (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  session_id TEXT NOT NULL,
  -- When it was given out.
  made_at INTEGER NOT NULL,
  -- When it was used for the first time.
  taken_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX session_secret_of ON session_secret (session_id, made_at);
INSERT INTO session_secret (hash, session_id, made_at, taken_at) SELECT hash, id, created_at, created_at FROM session;
CREATE TRIGGER session_is_forgotten AFTER DELETE ON session
BEGIN DELETE FROM session_secret WHERE session_id = OLD.id; END;
