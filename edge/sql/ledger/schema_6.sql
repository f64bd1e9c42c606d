-- Disputes that end in something: messages both ways, a day by which they are due, decisions that move the credit for a
-- conversion to another referrer.

-- When it is due, who opened it, and the trace as it stood then.
ALTER TABLE dispute ADD COLUMN due_at INTEGER;
ALTER TABLE dispute ADD COLUMN opened_by TEXT NOT NULL DEFAULT 'referrer' CHECK (opened_by IN ('referrer', 'merchant'));
ALTER TABLE dispute ADD COLUMN trace TEXT;
CREATE INDEX dispute_of ON dispute (about);

-- Words after the first; they stand in `message` until then. The body can be taken out, the row stays.
CREATE TABLE dispute_message (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  dispute_id TEXT NOT NULL,
  author TEXT NOT NULL CHECK (author IN ('referrer', 'merchant')),
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dispute_message_of ON dispute_message (dispute_id, seq);
CREATE TRIGGER dispute_message_stay BEFORE UPDATE OF seq, id, dispute_id, author, created_at ON dispute_message
BEGIN SELECT RAISE(ABORT, 'messages are append-only'); END;
CREATE TRIGGER dispute_message_remain BEFORE DELETE ON dispute_message BEGIN SELECT RAISE(ABORT, 'messages are append-only'); END;

-- A referrer may take a dispute back. SQLite changes no CHECK in place, so the table is made anew.
CREATE TABLE dispute_decision_before AS SELECT * FROM dispute_decision;
DROP TABLE dispute_decision;
CREATE TABLE dispute_decision (
  dispute_id TEXT PRIMARY KEY,
  decision TEXT NOT NULL CHECK (decision IN ('upheld', 'rejected', 'withdrawn')),
  note TEXT,
  decided_at INTEGER NOT NULL,
  CHECK (note IS NOT NULL OR decision = 'withdrawn')
) STRICT, WITHOUT ROWID;
INSERT INTO dispute_decision (dispute_id, decision, note, decided_at) SELECT dispute_id, decision, note, decided_at FROM dispute_decision_before;
DROP TABLE dispute_decision_before;
CREATE TRIGGER dispute_decision_stay BEFORE UPDATE ON dispute_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER dispute_decision_remain BEFORE DELETE ON dispute_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

-- The credit for a conversion went to another referrer, and the customer with it, for what they buy from then on.
-- `number` counts the moves of one conversion; `lost_by` is null where nobody was credited.
CREATE TABLE reattribution (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  dispute_id TEXT NOT NULL UNIQUE,
  conversion_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('lead', 'sale')),
  friend_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  lost_by TEXT,
  referrer_id TEXT NOT NULL,
  code TEXT NOT NULL,
  click_id TEXT,
  clicked_at INTEGER NOT NULL,
  terms_version INTEGER NOT NULL,
  attribution TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  -- Which rules gave nothing or less, as in a trace.
  rules TEXT NOT NULL,
  UNIQUE (conversion_id, number)
) STRICT;
CREATE INDEX reattribution_to ON reattribution (referrer_id);
CREATE INDEX reattribution_from ON reattribution (lost_by) WHERE lost_by IS NOT NULL;
CREATE INDEX reattribution_of ON reattribution (friend_id, seq);
CREATE TRIGGER reattribution_stay BEFORE UPDATE ON reattribution BEGIN SELECT RAISE(ABORT, 'moves are append-only'); END;
CREATE TRIGGER reattribution_remain BEFORE DELETE ON reattribution BEGIN SELECT RAISE(ABORT, 'moves are append-only'); END;
CREATE TRIGGER reattribution_goes_on BEFORE INSERT ON reattribution
WHEN NEW.lost_by IS NEW.referrer_id
  OR NEW.number <> 1 + (SELECT count(*) FROM reattribution WHERE conversion_id = NEW.conversion_id)
  OR NEW.lost_by IS NOT coalesce(
    (SELECT referrer_id FROM reattribution WHERE conversion_id = NEW.conversion_id AND number = NEW.number - 1),
    (SELECT referrer_id FROM conversion WHERE id = NEW.conversion_id)
  )
BEGIN SELECT RAISE(ABORT, 'the credit goes on from whoever has it'); END;

-- The customer goes with the credit, as a row of `rebinding` of the same moment.
CREATE INDEX rebinding_to ON rebinding (referrer_id) WHERE referrer_id IS NOT NULL;
DROP TRIGGER rebinding_follows_a_taking;
CREATE TRIGGER rebinding_follows_a_taking BEFORE INSERT ON rebinding
WHEN (
  (NEW.referrer_id IS NULL) = coalesce(
    (SELECT b.referrer_id IS NULL FROM rebinding b WHERE b.friend_id = NEW.friend_id ORDER BY b.seq DESC LIMIT 1),
    (SELECT f.referrer_id IS NULL FROM friend f WHERE f.id = NEW.friend_id)
  )
) AND NOT EXISTS (SELECT 1 FROM reattribution x WHERE x.id = NEW.cause AND x.referrer_id = NEW.referrer_id)
BEGIN SELECT RAISE(ABORT, 'a customer is taken from whom they belong to, and bound when they belong to nobody'); END;

-- A conversion may come back to whom it was taken from, and is rewarded anew then: what was taken back stays taken back.
-- `credit_number` is the last move of the conversion when the reward was granted, 0 where it stood as it was recorded.
CREATE TABLE reward_before AS SELECT * FROM reward;
DROP TABLE reward;
CREATE TABLE reward (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversion_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('referrer', 'friend')),
  person_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  currency TEXT NOT NULL,
  -- What it is where it is not money.
  perk TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'paid', 'held', 'voided')),
  reason TEXT,
  -- Manual: waits for a person. Given: a person has let it pass, and it waits for the end of its hold.
  approval TEXT NOT NULL DEFAULT 'automatic' CHECK (approval IN ('automatic', 'manual', 'given')),
  available_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  credit_number INTEGER NOT NULL DEFAULT 0,
  CHECK ((perk IS NULL) = (amount > 0)),
  UNIQUE (conversion_id, rule, person_id, credit_number)
) STRICT;
INSERT INTO reward (seq, id, conversion_id, rule, side, person_id, amount, currency, perk, state, reason, approval, available_at, created_at)
SELECT seq, id, conversion_id, rule, side, person_id, amount, currency, perk, state, reason, approval, available_at, created_at
FROM reward_before ORDER BY seq;
DROP TABLE reward_before;
CREATE INDEX reward_due ON reward (available_at) WHERE state = 'pending' AND approval <> 'manual';
CREATE INDEX reward_of ON reward (person_id);
CREATE INDEX reward_payable ON reward (person_id, seq) WHERE state = 'approved' AND perk IS NULL;
CREATE TRIGGER reward_remain BEFORE DELETE ON reward BEGIN SELECT RAISE(ABORT, 'rewards are append-only'); END;
CREATE TRIGGER reward_amount_stays
BEFORE UPDATE OF id, conversion_id, rule, side, person_id, amount, currency, perk, available_at, created_at, credit_number ON reward
BEGIN SELECT RAISE(ABORT, 'a reward changes its state only'); END;
CREATE TRIGGER reward_moves_forward BEFORE UPDATE OF state ON reward
WHEN NOT (
  (OLD.state = 'pending' AND NEW.state IN ('approved', 'held', 'voided'))
  OR (OLD.state = 'held' AND NEW.state IN ('pending', 'approved', 'voided'))
  OR (OLD.state = 'approved' AND NEW.state IN ('paid', 'held', 'voided'))
)
BEGIN SELECT RAISE(ABORT, 'a reward moves forward only'); END;
CREATE TRIGGER reward_is_approved_once BEFORE UPDATE OF approval ON reward
WHEN NOT (OLD.approval = 'manual' AND NEW.approval = 'given')
BEGIN SELECT RAISE(ABORT, 'a person lets a reward pass once'); END;

-- Volumes go with the credit.
DROP TRIGGER tally_exchange;
CREATE TRIGGER tally_exchange AFTER INSERT ON exchange BEGIN
  INSERT INTO tally (account, day, sold_amount)
  SELECT c.referrer_id, strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), NEW.amount
  FROM credit c WHERE c.id = NEW.conversion_id
  ON CONFLICT (account, day) DO UPDATE SET sold_amount = sold_amount + excluded.sold_amount;
END;
DROP TRIGGER tally_stage;
CREATE TRIGGER tally_stage AFTER INSERT ON lead_stage WHEN NEW.stage = 'qualified' BEGIN
  INSERT INTO tally (account, day, qualified_leads)
  SELECT c.referrer_id, strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), 1
  FROM credit c WHERE c.id = NEW.lead_id
    AND NOT EXISTS (SELECT 1 FROM lead_stage s WHERE s.friend_id = NEW.friend_id AND s.stage = 'qualified' AND s.seq < NEW.seq)
  ON CONFLICT (account, day) DO UPDATE SET qualified_leads = qualified_leads + 1;
END;
CREATE TRIGGER tally_reattribution AFTER INSERT ON reattribution BEGIN
  INSERT INTO tally (account, day, leads, qualified_leads, sales, sold_amount)
  SELECT w.account, strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), w.sign * (c.kind = 'lead'),
    w.sign * EXISTS (
      SELECT 1 FROM lead_stage s
      WHERE s.lead_id = c.id AND s.stage = 'qualified'
        AND NOT EXISTS (SELECT 1 FROM lead_stage e WHERE e.friend_id = c.friend_id AND e.stage = 'qualified' AND e.seq < s.seq)
    ),
    w.sign * (c.kind = 'sale'),
    w.sign * iif(
      c.currency = (SELECT currency FROM program), c.amount,
      coalesce((SELECT x.amount FROM exchange x WHERE x.conversion_id = c.id), 0)
    )
  FROM conversion c, (SELECT NEW.lost_by AS account, -1 AS sign UNION ALL SELECT NEW.referrer_id, 1) w
  WHERE c.id = NEW.conversion_id AND w.account IS NOT NULL
  ON CONFLICT (account, day) DO UPDATE SET
    leads = leads + excluded.leads, qualified_leads = qualified_leads + excluded.qualified_leads,
    sales = sales + excluded.sales, sold_amount = sold_amount + excluded.sold_amount;
END;
