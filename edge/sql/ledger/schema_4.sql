-- Rewards of more kinds and who lets them pass, where leads stand, exchange rates, and what volumes and caps count.

-- A reward may be a perk, which is no money. SQLite changes no CHECK in place, so the table is made anew. Views and the
-- triggers of other tables find it by its name.
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
  CHECK ((perk IS NULL) = (amount > 0)),
  UNIQUE (conversion_id, rule, person_id)
) STRICT;
INSERT INTO reward (seq, id, conversion_id, rule, side, person_id, amount, currency, state, reason, approval, available_at, created_at)
SELECT seq, id, conversion_id, rule, side, person_id, amount, currency, state, reason, 'automatic', available_at, created_at
FROM reward_before ORDER BY seq;
DROP TABLE reward_before;
CREATE INDEX reward_due ON reward (available_at) WHERE state = 'pending' AND approval <> 'manual';
CREATE INDEX reward_of ON reward (person_id);
CREATE TRIGGER reward_remain BEFORE DELETE ON reward BEGIN SELECT RAISE(ABORT, 'rewards are append-only'); END;
CREATE TRIGGER reward_amount_stays BEFORE UPDATE OF id, conversion_id, rule, side, person_id, amount, currency, perk, available_at, created_at ON reward
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

-- What a person decided about a reward.
CREATE TABLE reward_decision (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  reward_id TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'void', 'fulfil')),
  note TEXT,
  decided_at INTEGER NOT NULL,
  UNIQUE (reward_id, decision)
) STRICT;

-- Where a lead stands: a row for each step; none while it is new.
CREATE TABLE lead_stage (
  seq INTEGER PRIMARY KEY,
  lead_id TEXT NOT NULL,
  friend_id TEXT NOT NULL,
  referrer_id TEXT,
  stage TEXT NOT NULL CHECK (stage IN ('qualified', 'rejected')),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL CHECK (decided_by IN ('rule', 'person')),
  decided_at INTEGER NOT NULL,
  UNIQUE (lead_id, stage)
) STRICT;
CREATE INDEX lead_stage_of ON lead_stage (friend_id) WHERE stage = 'qualified';

-- What a sale in another currency is worth in the program's, by the rate told with it.
CREATE TABLE exchange (
  conversion_id TEXT PRIMARY KEY,
  rate TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  told_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The merchant's codes for friends: each given once, and one of a pool to a friend.
CREATE TABLE coupon (
  seq INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  pool TEXT NOT NULL,
  uploaded_at INTEGER NOT NULL,
  friend_id TEXT,
  reward_id TEXT UNIQUE,
  given_at INTEGER,
  CHECK ((friend_id IS NULL) = (reward_id IS NULL) AND (friend_id IS NULL) = (given_at IS NULL)),
  UNIQUE (pool, friend_id)
) STRICT;
CREATE INDEX coupon_free ON coupon (pool, seq) WHERE friend_id IS NULL;
CREATE TRIGGER coupon_remain BEFORE DELETE ON coupon BEGIN SELECT RAISE(ABORT, 'coupons are append-only'); END;
CREATE TRIGGER coupon_code_stays BEFORE UPDATE OF code, pool, uploaded_at ON coupon BEGIN SELECT RAISE(ABORT, 'a coupon is given only'); END;
CREATE TRIGGER coupon_is_given_once BEFORE UPDATE ON coupon WHEN OLD.friend_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a coupon is given once'); END;

-- Groups of referrers with terms of their own. Versions are counted in `terms`, for the program and all groups together.
CREATE TABLE referrer_group (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE group_terms (
  version INTEGER PRIMARY KEY,
  group_id TEXT NOT NULL
) STRICT;
CREATE INDEX group_terms_of ON group_terms (group_id, version);
-- Which group a referrer is in from when on; null: in none.
CREATE TABLE membership (
  seq INTEGER PRIMARY KEY,
  referrer_id TEXT NOT NULL,
  group_id TEXT,
  since_at INTEGER NOT NULL
) STRICT;
CREATE INDEX membership_of ON membership (referrer_id, seq);
CREATE TRIGGER referrer_group_stay BEFORE UPDATE ON referrer_group BEGIN SELECT RAISE(ABORT, 'groups are append-only'); END;
CREATE TRIGGER referrer_group_remain BEFORE DELETE ON referrer_group BEGIN SELECT RAISE(ABORT, 'groups are append-only'); END;
CREATE TRIGGER group_terms_stay BEFORE UPDATE ON group_terms BEGIN SELECT RAISE(ABORT, 'terms are append-only'); END;
CREATE TRIGGER group_terms_remain BEFORE DELETE ON group_terms BEGIN SELECT RAISE(ABORT, 'terms are append-only'); END;
CREATE TRIGGER membership_stay BEFORE UPDATE ON membership BEGIN SELECT RAISE(ABORT, 'memberships are append-only'); END;
CREATE TRIGGER membership_remain BEFORE DELETE ON membership BEGIN SELECT RAISE(ABORT, 'memberships are append-only'); END;

-- Approved rewards sent together: a batch, a line for each person, the rewards a line pays.
CREATE TABLE payout (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  currency TEXT NOT NULL,
  minimum_amount INTEGER NOT NULL CHECK (minimum_amount >= 0),
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE payout_line (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  payout_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  -- Part of the amount: what former lines left to be settled; below 0 it was deducted.
  carried_amount INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('created', 'paid', 'failed', 'returned')),
  note TEXT,
  decided_at INTEGER,
  UNIQUE (payout_id, person_id)
) STRICT;
CREATE INDEX payout_line_of ON payout_line (person_id);
CREATE TABLE payout_item (
  line_id TEXT NOT NULL,
  reward_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  -- When the line failed, so that the reward can be sent again.
  freed_at INTEGER,
  PRIMARY KEY (line_id, reward_id)
) STRICT, WITHOUT ROWID;
-- Never a reward in two batches.
CREATE UNIQUE INDEX payout_item_once ON payout_item (reward_id) WHERE freed_at IS NULL;
CREATE INDEX reward_payable ON reward (person_id, seq) WHERE state = 'approved' AND perk IS NULL;
-- Where money is sent; beside the ledger like a name, so that it can be taken out.
CREATE TABLE payout_target (
  person_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  iban TEXT NOT NULL
) STRICT;
CREATE TRIGGER payout_stay BEFORE UPDATE ON payout BEGIN SELECT RAISE(ABORT, 'payouts are append-only'); END;
CREATE TRIGGER payout_remain BEFORE DELETE ON payout BEGIN SELECT RAISE(ABORT, 'payouts are append-only'); END;
CREATE TRIGGER payout_line_remain BEFORE DELETE ON payout_line BEGIN SELECT RAISE(ABORT, 'payouts are append-only'); END;
CREATE TRIGGER payout_line_amount_stays BEFORE UPDATE OF id, payout_id, person_id, amount, carried_amount ON payout_line
BEGIN SELECT RAISE(ABORT, 'a payout changes its state only'); END;
CREATE TRIGGER payout_line_moves_forward BEFORE UPDATE OF state ON payout_line
WHEN NOT ((OLD.state = 'created' AND NEW.state IN ('paid', 'failed')) OR (OLD.state = 'paid' AND NEW.state = 'returned'))
BEGIN SELECT RAISE(ABORT, 'a payout moves forward only'); END;
CREATE TRIGGER payout_item_remain BEFORE DELETE ON payout_item BEGIN SELECT RAISE(ABORT, 'payouts are append-only'); END;
CREATE TRIGGER payout_item_is_freed_once BEFORE UPDATE ON payout_item
WHEN OLD.freed_at IS NOT NULL OR NEW.line_id <> OLD.line_id OR NEW.reward_id <> OLD.reward_id OR NEW.amount <> OLD.amount
BEGIN SELECT RAISE(ABORT, 'a reward leaves a payout once'); END;

CREATE TRIGGER reward_decision_stay BEFORE UPDATE ON reward_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER reward_decision_remain BEFORE DELETE ON reward_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER lead_stage_stay BEFORE UPDATE ON lead_stage BEGIN SELECT RAISE(ABORT, 'stages are append-only'); END;
CREATE TRIGGER lead_stage_remain BEFORE DELETE ON lead_stage BEGIN SELECT RAISE(ABORT, 'stages are append-only'); END;
CREATE TRIGGER exchange_stay BEFORE UPDATE ON exchange BEGIN SELECT RAISE(ABORT, 'rates are append-only'); END;
CREATE TRIGGER exchange_remain BEFORE DELETE ON exchange BEGIN SELECT RAISE(ABORT, 'rates are append-only'); END;

CREATE INDEX conversion_paid_by ON conversion (friend_id, occurred_at) WHERE kind = 'sale' AND referrer_id IS NOT NULL;

-- Volumes and grants by the UTC day of the conversion, for steps and caps: of each referrer, and of the program. Derived
-- from the rows beside it by the triggers below, and from nothing else. Amounts are of the program's currency.
CREATE TABLE tally (
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  leads INTEGER NOT NULL DEFAULT 0,
  qualified_leads INTEGER NOT NULL DEFAULT 0,
  sales INTEGER NOT NULL DEFAULT 0,
  sold_amount INTEGER NOT NULL DEFAULT 0,
  granted_amount INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

INSERT INTO tally (account, day, leads, sales, sold_amount)
SELECT referrer_id, strftime('%Y-%m-%d', occurred_at / 1000.0, 'unixepoch') AS day, sum(kind = 'lead'), sum(kind = 'sale'),
  sum(iif(currency = (SELECT currency FROM program), amount, 0))
FROM conversion WHERE referrer_id IS NOT NULL GROUP BY referrer_id, day;
INSERT INTO tally (account, day, granted_amount)
SELECT e.account, strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch') AS day, sum(iif(e.account = 'program', -e.amount, e.amount))
FROM entry e JOIN reward r ON r.id = e.reward_id JOIN conversion c ON c.id = r.conversion_id
WHERE e.account = 'program' OR r.side = 'referrer'
GROUP BY e.account, day
ON CONFLICT (account, day) DO UPDATE SET granted_amount = granted_amount + excluded.granted_amount;

CREATE TRIGGER tally_conversion AFTER INSERT ON conversion WHEN NEW.referrer_id IS NOT NULL BEGIN
  INSERT INTO tally (account, day, leads, sales, sold_amount)
  VALUES (
    NEW.referrer_id, strftime('%Y-%m-%d', NEW.occurred_at / 1000.0, 'unixepoch'), NEW.kind = 'lead', NEW.kind = 'sale',
    iif(NEW.currency = (SELECT currency FROM program), NEW.amount, 0)
  )
  ON CONFLICT (account, day) DO UPDATE SET
    leads = leads + excluded.leads, sales = sales + excluded.sales, sold_amount = sold_amount + excluded.sold_amount;
END;
CREATE TRIGGER tally_exchange AFTER INSERT ON exchange BEGIN
  INSERT INTO tally (account, day, sold_amount)
  SELECT c.referrer_id, strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), NEW.amount
  FROM conversion c WHERE c.id = NEW.conversion_id AND c.referrer_id IS NOT NULL
  ON CONFLICT (account, day) DO UPDATE SET sold_amount = sold_amount + excluded.sold_amount;
END;
CREATE TRIGGER tally_stage AFTER INSERT ON lead_stage WHEN NEW.stage = 'qualified' BEGIN
  INSERT INTO tally (account, day, qualified_leads)
  SELECT c.referrer_id, strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), 1
  FROM conversion c WHERE c.id = NEW.lead_id AND c.referrer_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM lead_stage s WHERE s.friend_id = NEW.friend_id AND s.stage = 'qualified' AND s.seq < NEW.seq)
  ON CONFLICT (account, day) DO UPDATE SET qualified_leads = qualified_leads + 1;
END;
CREATE TRIGGER tally_entry AFTER INSERT ON entry BEGIN
  INSERT INTO tally (account, day, granted_amount)
  SELECT NEW.account, strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), iif(NEW.account = 'program', -NEW.amount, NEW.amount)
  FROM reward r JOIN conversion c ON c.id = r.conversion_id
  WHERE r.id = NEW.reward_id AND (NEW.account = 'program' OR r.side = 'referrer')
  ON CONFLICT (account, day) DO UPDATE SET granted_amount = granted_amount + excluded.granted_amount;
END;
