-- The chain over what moves money, the outbox, the audit log as it is read, the test twin's clock.

-- One link per entry and per decision, each hash over the one before it and the row. See `referral::chain`.
CREATE TABLE link (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('entry', 'flag_decision', 'dispute_decision')),
  -- The entry's seq, or the id of the flag or dispute.
  key TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE TRIGGER link_stay BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'links are append-only'); END;
CREATE TRIGGER link_remain BEFORE DELETE ON link BEGIN SELECT RAISE(ABORT, 'links are append-only'); END;

-- Rows from before the chain, in the order in which they will be chained; empty ever after.
CREATE TABLE unsealed (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL
) STRICT;
INSERT INTO unsealed (kind, key) SELECT 'entry', seq FROM entry ORDER BY seq;
INSERT INTO unsealed (kind, key) SELECT 'flag_decision', flag_id FROM flag_decision ORDER BY decided_at, flag_id;
INSERT INTO unsealed (kind, key) SELECT 'dispute_decision', dispute_id FROM dispute_decision ORDER BY decided_at, dispute_id;

-- What the world may be told, written with what it tells of. `subject` names that row.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_of ON outbox (type, seq);
CREATE TRIGGER outbox_stay BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER outbox_remain BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- How far the test twin's clock runs ahead of the real one, in milliseconds. No row: not at all.
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  ahead_ms INTEGER NOT NULL CHECK (ahead_ms > 0)
) STRICT;
CREATE TRIGGER clock_runs_forward BEFORE UPDATE ON clock WHEN NEW.ahead_ms < OLD.ahead_ms
BEGIN SELECT RAISE(ABORT, 'the clock runs forward only'); END;
CREATE TRIGGER clock_remain BEFORE DELETE ON clock BEGIN SELECT RAISE(ABORT, 'the clock runs forward only'); END;

CREATE VIEW event_shown AS
SELECT o.seq, o.id, o.type, json_object(
  'id', o.id,
  'type', o.type,
  'at', strftime('%Y-%m-%dT%H:%M:%fZ', o.at / 1000.0, 'unixepoch'),
  'subject', o.subject,
  'data', json(o.data)
) AS body
FROM outbox o;

CREATE VIEW audit_shown AS
SELECT a.seq, 'aud_' || a.seq AS id, json_object(
  'id', 'aud_' || a.seq,
  'at', strftime('%Y-%m-%dT%H:%M:%fZ', a.at / 1000.0, 'unixepoch'),
  'actor', CASE k.kind WHEN 'secret' THEN 'server' WHEN 'publishable' THEN 'page' ELSE 'operator' END,
  'key_id', k.id,
  'action', a.action,
  'subject', a.subject,
  'request_id', a.request_id
) AS body
FROM audit a LEFT JOIN api_key k ON k.id = a.actor;
