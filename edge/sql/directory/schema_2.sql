-- Sessions of the operator; only the hash of a session's secret is kept, and what is over is removed.
CREATE TABLE session (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  -- Of the operator's key it was opened with: another key ends it.
  key_hash TEXT NOT NULL CHECK (length(key_hash) = 64),
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_age ON session (created_at);
