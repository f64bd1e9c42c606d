-- The chain over what moves money, the outbox, the audit log as it is read, the test twin's clock.

-- One link per entry and per decision, each hash over the one before it and the row. See `referral::chain`.
CREATE TABLE link (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN (
    'entry', 'flag_decision', 'dispute_decision', 'lead_stage', 'exchange', 'reward_decision', 'payout_line'
  )),
  -- The entry's seq, the id of the flag, dispute, sale, decision or line, a lead's id and its stage.
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

-- What may name a person stands apart from the rows that stay, so that it can be taken out: what a merchant noted about a
-- conversion, and a referrer's own words.
CREATE TABLE metadata (
  seq INTEGER PRIMARY KEY,
  conversion_id TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE message (
  seq INTEGER PRIMARY KEY,
  dispute_id TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT;
INSERT INTO metadata (conversion_id, body) SELECT id, metadata FROM conversion WHERE metadata IS NOT NULL ORDER BY seq;
INSERT INTO message (dispute_id, body) SELECT id, message FROM dispute ORDER BY seq;
DROP TRIGGER conversion_stay;
DROP TRIGGER dispute_stay;
-- Overwritten before they are emptied: a freed cell keeps its bytes.
UPDATE conversion SET metadata = printf('%.*c', length(CAST(metadata AS BLOB)), 'x') WHERE metadata IS NOT NULL;
UPDATE conversion SET metadata = NULL WHERE metadata IS NOT NULL;
UPDATE dispute SET message = printf('%.*c', length(CAST(message AS BLOB)), 'x');
UPDATE dispute SET message = '';
CREATE TRIGGER conversion_stay BEFORE UPDATE ON conversion BEGIN SELECT RAISE(ABORT, 'conversions are append-only'); END;
CREATE TRIGGER dispute_stay BEFORE UPDATE ON dispute BEGIN SELECT RAISE(ABORT, 'disputes are append-only'); END;
