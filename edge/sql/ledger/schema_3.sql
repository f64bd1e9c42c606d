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

DROP VIEW lead_shown;
CREATE VIEW lead_shown AS
SELECT c.seq, c.id, json_object(
  'id', c.id,
  'customer_id', c.customer_id,
  'event', substr(c.natural_key, 1, instr(c.natural_key, ' ') - 1),
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'recorded_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.recorded_at / 1000.0, 'unixepoch'),
  'attribution', json(c.attribution),
  'rewards', (SELECT json_group_array(json(r.body)) FROM reward_shown r WHERE r.conversion_id = c.id),
  'metadata', (SELECT json(m.body) FROM metadata m WHERE m.conversion_id = c.id)
) AS body
FROM conversion c
WHERE c.kind = 'lead';

DROP VIEW sale_shown;
CREATE VIEW sale_shown AS
SELECT c.seq, c.id, json_object(
  'id', c.id,
  'order_id', c.natural_key,
  'customer_id', c.customer_id,
  'amount', c.amount,
  'currency', c.currency,
  'refunded_amount', (SELECT coalesce(sum(a.amount), 0) FROM refund_applied a WHERE a.conversion_id = c.id),
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'recorded_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.recorded_at / 1000.0, 'unixepoch'),
  'attribution', json(c.attribution),
  'rewards', (SELECT json_group_array(json(r.body)) FROM reward_shown r WHERE r.conversion_id = c.id),
  'metadata', (SELECT json(m.body) FROM metadata m WHERE m.conversion_id = c.id)
) AS body
FROM conversion c
WHERE c.kind = 'sale';

DROP VIEW dispute_shown;
CREATE VIEW dispute_shown AS
SELECT d.seq, d.id, json_object(
  'id', d.id,
  'referrer_id', d.referrer_id,
  'about', d.about,
  'message', (SELECT m.body FROM message m WHERE m.dispute_id = d.id),
  'status', coalesce(e.decision, 'open'),
  'note', e.note,
  'trace', (SELECT json(t.body) FROM trace t WHERE t.conversion_id = d.about),
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.created_at / 1000.0, 'unixepoch'),
  'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', e.decided_at / 1000.0, 'unixepoch')
) AS body
FROM dispute d LEFT JOIN dispute_decision e ON e.dispute_id = d.id;
