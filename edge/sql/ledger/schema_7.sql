-- A whole ledger out and in, and payouts by a calendar.

-- Exports under way: where each table ended when it began, and how far `was` had come.
CREATE TABLE reading (
  id TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  bounds TEXT NOT NULL,
  personal INTEGER NOT NULL CHECK (personal IN (0, 1)),
  started_at INTEGER NOT NULL
) STRICT;
-- What rows were before they changed while an export is under way, so that it shows one moment. No body: the row was not
-- there. Written by triggers only, empty while nobody exports.
CREATE TABLE was (
  seq INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT
) STRICT;
CREATE INDEX was_of ON was (source, key, seq);

-- Tables whose rows change in place.
CREATE TRIGGER referrer_was BEFORE UPDATE ON referrer WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('referrer', OLD.seq, json_object('seq', OLD.seq, 'id', OLD.id, 'code', OLD.code, 'external_id', OLD.external_id, 'proof_hash', OLD.proof_hash, 'created_at', OLD.created_at));
END;
CREATE TRIGGER friend_was BEFORE UPDATE ON friend WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('friend', OLD.seq, json_object('seq', OLD.seq, 'id', OLD.id, 'customer_id', OLD.customer_id, 'referrer_id', OLD.referrer_id, 'code', OLD.code, 'click_id', OLD.click_id, 'clicked_at', OLD.clicked_at, 'created_at', OLD.created_at));
END;
CREATE TRIGGER reward_was BEFORE UPDATE ON reward WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('reward', OLD.seq, json_object('seq', OLD.seq, 'id', OLD.id, 'conversion_id', OLD.conversion_id, 'rule', OLD.rule, 'side', OLD.side, 'person_id', OLD.person_id, 'amount', OLD.amount, 'currency', OLD.currency, 'perk', OLD.perk, 'state', OLD.state, 'reason', OLD.reason, 'approval', OLD.approval, 'available_at', OLD.available_at, 'created_at', OLD.created_at, 'credit_number', OLD.credit_number));
END;
CREATE TRIGGER coupon_was BEFORE UPDATE ON coupon WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('coupon', OLD.seq, json_object('seq', OLD.seq, 'code', OLD.code, 'pool', OLD.pool, 'uploaded_at', OLD.uploaded_at, 'friend_id', OLD.friend_id, 'reward_id', OLD.reward_id, 'given_at', OLD.given_at));
END;
CREATE TRIGGER payout_line_was BEFORE UPDATE ON payout_line WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('payout_line', OLD.seq, json_object('seq', OLD.seq, 'id', OLD.id, 'payout_id', OLD.payout_id, 'person_id', OLD.person_id, 'amount', OLD.amount, 'carried_amount', OLD.carried_amount, 'state', OLD.state, 'note', OLD.note, 'decided_at', OLD.decided_at));
END;
CREATE TRIGGER payout_item_was BEFORE UPDATE ON payout_item WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('payout_item', OLD.line_id || ' ' || OLD.reward_id, json_object('line_id', OLD.line_id, 'reward_id', OLD.reward_id, 'amount', OLD.amount, 'freed_at', OLD.freed_at));
END;
CREATE TRIGGER clock_was BEFORE UPDATE ON clock WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('clock', OLD.id, json_object('id', OLD.id, 'ahead_ms', OLD.ahead_ms));
END;
-- Tables whose rows have no number, so that new ones cannot be told by it.
CREATE TRIGGER touch_was_not AFTER INSERT ON touch WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('touch', NEW.friend_id || ' ' || NEW.click_id, NULL);
END;
CREATE TRIGGER trace_was_not AFTER INSERT ON trace WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('trace', NEW.conversion_id, NULL);
END;
CREATE TRIGGER refund_applied_was_not AFTER INSERT ON refund_applied WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('refund_applied', NEW.refund_id, NULL);
END;
CREATE TRIGGER flag_decision_was_not AFTER INSERT ON flag_decision WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('flag_decision', NEW.flag_id, NULL);
END;
CREATE TRIGGER dispute_decision_was_not AFTER INSERT ON dispute_decision WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('dispute_decision', NEW.dispute_id, NULL);
END;
CREATE TRIGGER further_code_was_not AFTER INSERT ON further_code WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('further_code', NEW.code, NULL);
END;
CREATE TRIGGER joined_to_was_not AFTER INSERT ON joined_to WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('joined_to', NEW.referrer_id, NULL);
END;
CREATE TRIGGER terms_accepted_was_not AFTER INSERT ON terms_accepted WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('terms_accepted', NEW.referrer_id || ' ' || NEW.version, NULL);
END;
CREATE TRIGGER runner_up_was_not AFTER INSERT ON runner_up WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('runner_up', NEW.referrer_id || ' ' || NEW.conversion_seq, NULL);
END;
CREATE TRIGGER exchange_was_not AFTER INSERT ON exchange WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('exchange', NEW.conversion_id, NULL);
END;
CREATE TRIGGER payout_item_was_not AFTER INSERT ON payout_item WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('payout_item', NEW.line_id || ' ' || NEW.reward_id, NULL);
END;

-- An import under way: how far its file was read, and its rows; both are emptied when it is stored, refused or begun anew.
CREATE TABLE import (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  reader TEXT NOT NULL,
  begun_at INTEGER NOT NULL
) STRICT;
-- `seq` is the line.
CREATE TABLE staged (
  seq INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
-- The file that was taken in, so that the same one again changes nothing.
CREATE TABLE imported (
  sum TEXT PRIMARY KEY,
  answer TEXT NOT NULL
) STRICT;

-- When batches are due: the newest row counts; no `every`: none are.
CREATE TABLE payout_schedule (
  seq INTEGER PRIMARY KEY,
  every TEXT CHECK (every IN ('week', 'month')),
  day INTEGER,
  minimum_amount INTEGER NOT NULL CHECK (minimum_amount >= 0),
  created_at INTEGER NOT NULL,
  CHECK ((every IS NULL) = (day IS NULL))
) STRICT;
-- Batches that were due: one for each time.
CREATE TABLE payout_due (
  due_at INTEGER PRIMARY KEY,
  payout_id TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER payout_schedule_stay BEFORE UPDATE ON payout_schedule BEGIN SELECT RAISE(ABORT, 'schedules are append-only'); END;
CREATE TRIGGER payout_schedule_remain BEFORE DELETE ON payout_schedule BEGIN SELECT RAISE(ABORT, 'schedules are append-only'); END;
CREATE TRIGGER payout_due_stay BEFORE UPDATE ON payout_due BEGIN SELECT RAISE(ABORT, 'payouts are append-only'); END;
CREATE TRIGGER payout_due_remain BEFORE DELETE ON payout_due BEGIN SELECT RAISE(ABORT, 'payouts are append-only'); END;
