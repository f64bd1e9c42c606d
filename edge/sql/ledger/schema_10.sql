-- A word that a person typed with a decision can be taken out; the decision stays. It can become nothing, or as many x as it
-- has bytes, which is how it is overwritten in its place.
DROP TRIGGER flag_decision_stay;
CREATE TRIGGER flag_decision_stay BEFORE UPDATE OF flag_id, decision, decided_at ON flag_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER flag_decision_loses_words BEFORE UPDATE OF note ON flag_decision
WHEN NEW.note <> '' AND NEW.note IS NOT printf('%.*c', length(CAST(OLD.note AS BLOB)), 'x')
BEGIN SELECT RAISE(ABORT, 'words can only be taken out'); END;
DROP TRIGGER dispute_decision_stay;
CREATE TRIGGER dispute_decision_stay BEFORE UPDATE OF dispute_id, decision, decided_at ON dispute_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER dispute_decision_loses_words BEFORE UPDATE OF note ON dispute_decision
WHEN NEW.note <> '' AND NEW.note IS NOT printf('%.*c', length(CAST(OLD.note AS BLOB)), 'x')
BEGIN SELECT RAISE(ABORT, 'words can only be taken out'); END;
DROP TRIGGER reward_decision_stay;
CREATE TRIGGER reward_decision_stay BEFORE UPDATE OF seq, id, reward_id, decision, decided_at ON reward_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER reward_decision_loses_words BEFORE UPDATE OF note ON reward_decision
WHEN NEW.note <> '' AND NEW.note IS NOT printf('%.*c', length(CAST(OLD.note AS BLOB)), 'x')
BEGIN SELECT RAISE(ABORT, 'words can only be taken out'); END;
DROP TRIGGER lead_stage_stay;
CREATE TRIGGER lead_stage_stay BEFORE UPDATE OF seq, lead_id, friend_id, referrer_id, stage, decided_by, decided_at ON lead_stage BEGIN SELECT RAISE(ABORT, 'stages are append-only'); END;
CREATE TRIGGER lead_stage_loses_words BEFORE UPDATE OF reason ON lead_stage
WHEN NEW.reason <> '' AND NEW.reason IS NOT printf('%.*c', length(CAST(OLD.reason AS BLOB)), 'x') OR OLD.decided_by = 'rule'
BEGIN SELECT RAISE(ABORT, 'words can only be taken out'); END;
-- What a dispute is about may be words of the referrer's; then the dispute's own id takes their place.
DROP TRIGGER dispute_stay;
CREATE TRIGGER dispute_stay BEFORE UPDATE OF seq, id, referrer_id, message, created_at, due_at, opened_by, trace ON dispute
BEGIN SELECT RAISE(ABORT, 'disputes are append-only'); END;
CREATE TRIGGER dispute_loses_words BEFORE UPDATE OF about ON dispute WHEN NEW.about <> OLD.id
BEGIN SELECT RAISE(ABORT, 'words can only be taken out'); END;
-- What was kept for an export keeps no words that are taken out while it is under way.
DROP TRIGGER payout_line_was;
CREATE TRIGGER payout_line_was BEFORE UPDATE OF state, decided_at ON payout_line WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('payout_line', OLD.seq, json_object('seq', OLD.seq, 'id', OLD.id, 'payout_id', OLD.payout_id, 'person_id', OLD.person_id, 'amount', OLD.amount, 'carried_amount', OLD.carried_amount, 'state', OLD.state, 'note', OLD.note, 'decided_at', OLD.decided_at));
END;
-- Events say what a dispute is about by an id of ours, or not at all.
DROP TRIGGER outbox_stay;
UPDATE outbox SET data = json_set(data, '$.about', NULL)
WHERE type IN ('dispute.opened', 'dispute.decided') AND NOT EXISTS (SELECT 1 FROM conversion c WHERE c.id = data ->> '$.about');
CREATE TRIGGER outbox_stay BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
