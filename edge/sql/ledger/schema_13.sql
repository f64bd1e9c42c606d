-- The referrer's page: the way in, and who is in. A way in is good once and for minutes; of its secret and of a session's
-- only the hash is kept. Not part of the ledger: what is over is removed.
CREATE TABLE portal_link (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  referrer_id TEXT NOT NULL,
  -- A token of the merchant's said who asked; else the secret of a link did.
  identified INTEGER NOT NULL CHECK (identified IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_link_age ON portal_link (created_at);
CREATE INDEX portal_link_of ON portal_link (referrer_id);
CREATE TABLE portal_session (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  referrer_id TEXT NOT NULL,
  identified INTEGER NOT NULL CHECK (identified IN (0, 1)),
  -- Which browser on which system, in two words.
  browser TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_session_age ON portal_session (created_at);
CREATE INDEX portal_session_of ON portal_session (referrer_id);
CREATE TRIGGER portal_session_ends_once BEFORE UPDATE ON portal_session WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a session ends once'); END;
CREATE TRIGGER portal_session_stays BEFORE UPDATE OF id, hash, referrer_id, identified, browser, created_at ON portal_session
BEGIN SELECT RAISE(ABORT, 'a session is used and ends'); END;
