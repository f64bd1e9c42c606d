-- Sessions of the dashboard, and what its pages look for.

-- What a browser holds instead of a key; only the hash of its secret is kept. It is as good as the key it was given for,
-- which `key_hash` names: a secret key of this program, or the operator's. Not part of the ledger: what is over is removed.
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  key_hash TEXT NOT NULL CHECK (length(key_hash) = 64),
  -- Which browser on which system, in two words.
  browser TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX session_age ON session (created_at);
CREATE TRIGGER session_ends_once BEFORE UPDATE ON session WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a session ends once'); END;
CREATE TRIGGER session_stays BEFORE UPDATE OF id, hash, key_hash, browser, created_at ON session
BEGIN SELECT RAISE(ABORT, 'a session is used and ends'); END;

-- What waits for a person, so that nobody has to look through all rewards.
CREATE INDEX reward_to_approve ON reward (seq) WHERE approval = 'manual' AND state IN ('pending', 'held');

-- Who did it may be a person at the dashboard.
DROP VIEW audit_shown;
CREATE VIEW audit_shown AS
SELECT a.seq, 'aud_' || a.seq AS id, json_object(
  'id', 'aud_' || a.seq,
  'at', strftime('%Y-%m-%dT%H:%M:%fZ', a.at / 1000.0, 'unixepoch'),
  'actor', CASE k.kind
    WHEN 'secret' THEN 'server'
    WHEN 'publishable' THEN 'page'
    ELSE iif(substr(a.actor, 1, 4) = 'ses_', 'dashboard', 'operator')
  END,
  'key_id', k.id,
  'session_id', iif(substr(a.actor, 1, 4) = 'ses_', a.actor, NULL),
  'action', a.action,
  'subject', a.subject,
  'request_id', a.request_id
) AS body
FROM audit a LEFT JOIN api_key k ON k.id = a.actor;
