-- The ledger of one program in one mode. Amounts are minor units; instants are milliseconds since 1970.

CREATE TABLE program (
  id TEXT PRIMARY KEY,
  facts TEXT NOT NULL,
  currency TEXT NOT NULL,
  -- SHA-256 of the operator's call, so that the same call again opens nothing and another one is refused.
  body_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE terms (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('publishable', 'secret')),
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;

CREATE TABLE referrer (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL UNIQUE,
  external_id TEXT UNIQUE,
  proof_hash TEXT UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

-- What names a person stands apart from the ledger, so that it can be taken out without touching a balance.
CREATE TABLE person (
  id TEXT PRIMARY KEY,
  email TEXT,
  name TEXT
) STRICT;

CREATE TABLE friend (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  customer_id TEXT NOT NULL UNIQUE,
  referrer_id TEXT,
  code TEXT,
  click_id TEXT,
  clicked_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX friend_of ON friend (referrer_id) WHERE referrer_id IS NOT NULL;

CREATE TABLE touch (
  friend_id TEXT NOT NULL,
  click_id TEXT NOT NULL,
  code TEXT NOT NULL,
  clicked_at INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  PRIMARY KEY (friend_id, click_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversion (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('lead', 'sale')),
  -- A sale's order, a lead's customer and event: once, whatever the number of tries.
  natural_key TEXT NOT NULL,
  friend_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  amount INTEGER,
  currency TEXT,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  referrer_id TEXT,
  reason TEXT,
  attribution TEXT NOT NULL,
  terms_version INTEGER NOT NULL,
  metadata TEXT,
  answer TEXT NOT NULL,
  CHECK ((referrer_id IS NULL) <> (reason IS NULL)),
  CHECK ((kind = 'sale') = (amount IS NOT NULL AND currency IS NOT NULL)),
  UNIQUE (kind, natural_key)
) STRICT;
CREATE INDEX conversion_of ON conversion (referrer_id, seq) WHERE referrer_id IS NOT NULL;

CREATE TABLE trace (
  conversion_id TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reward (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversion_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('referrer', 'friend')),
  person_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'paid', 'held', 'voided')),
  reason TEXT,
  available_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (conversion_id, rule, person_id)
) STRICT;
CREATE INDEX reward_due ON reward (available_at) WHERE state = 'pending';
CREATE INDEX reward_of ON reward (person_id);

CREATE TABLE refund (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  refund_id TEXT NOT NULL UNIQUE,
  order_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  recorded_at INTEGER NOT NULL,
  answer TEXT NOT NULL
) STRICT;
CREATE INDEX refund_of ON refund (order_id);

-- A refund that has met its sale. An early refund waits in `refund` alone.
CREATE TABLE refund_applied (
  refund_id TEXT PRIMARY KEY,
  conversion_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  applied_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_applied_to ON refund_applied (conversion_id);

-- Double entry: the lines of one movement add up to nothing. A balance is a sum of lines.
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  movement TEXT NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0),
  reward_id TEXT NOT NULL,
  -- The refund or the flag that takes a reward back; null where it is granted.
  taken_back_by TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX entry_of ON entry (reward_id);

CREATE TABLE claim (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  click_id TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL,
  clicked_at INTEGER NOT NULL,
  customer_id TEXT,
  email TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX claim_of ON claim (customer_id) WHERE customer_id IS NOT NULL;

-- Our doubt about a conversion; what a person decided about it stands beside it.
CREATE TABLE flag (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversion_id TEXT NOT NULL,
  referrer_id TEXT NOT NULL,
  friend_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  weight INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (conversion_id, rule)
) STRICT;

CREATE INDEX flag_about ON flag (friend_id);

CREATE TABLE flag_decision (
  flag_id TEXT PRIMARY KEY,
  decision TEXT NOT NULL CHECK (decision IN ('released', 'confirmed')),
  note TEXT,
  decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A referrer's doubt about a conversion, or about one that is missing.
CREATE TABLE dispute (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  referrer_id TEXT NOT NULL,
  about TEXT NOT NULL,
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (referrer_id, about)
) STRICT;

CREATE TABLE dispute_decision (
  dispute_id TEXT PRIMARY KEY,
  decision TEXT NOT NULL CHECK (decision IN ('upheld', 'rejected')),
  note TEXT NOT NULL,
  decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  request_id TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency (
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (created_at);

-- What has been written stays: a correction is a new row.
CREATE TRIGGER terms_stay BEFORE UPDATE ON terms BEGIN SELECT RAISE(ABORT, 'terms are append-only'); END;
CREATE TRIGGER terms_remain BEFORE DELETE ON terms BEGIN SELECT RAISE(ABORT, 'terms are append-only'); END;
CREATE TRIGGER conversion_stay BEFORE UPDATE ON conversion BEGIN SELECT RAISE(ABORT, 'conversions are append-only'); END;
CREATE TRIGGER conversion_remain BEFORE DELETE ON conversion BEGIN SELECT RAISE(ABORT, 'conversions are append-only'); END;
CREATE TRIGGER trace_stay BEFORE UPDATE ON trace BEGIN SELECT RAISE(ABORT, 'traces are append-only'); END;
CREATE TRIGGER trace_remain BEFORE DELETE ON trace BEGIN SELECT RAISE(ABORT, 'traces are append-only'); END;
CREATE TRIGGER refund_stay BEFORE UPDATE ON refund BEGIN SELECT RAISE(ABORT, 'refunds are append-only'); END;
CREATE TRIGGER refund_remain BEFORE DELETE ON refund BEGIN SELECT RAISE(ABORT, 'refunds are append-only'); END;
CREATE TRIGGER refund_applied_stay BEFORE UPDATE ON refund_applied BEGIN SELECT RAISE(ABORT, 'refunds are append-only'); END;
CREATE TRIGGER refund_applied_remain BEFORE DELETE ON refund_applied BEGIN SELECT RAISE(ABORT, 'refunds are append-only'); END;
CREATE TRIGGER entry_stay BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entry_remain BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER flag_stay BEFORE UPDATE ON flag BEGIN SELECT RAISE(ABORT, 'flags are append-only'); END;
CREATE TRIGGER flag_remain BEFORE DELETE ON flag BEGIN SELECT RAISE(ABORT, 'flags are append-only'); END;
CREATE TRIGGER flag_decision_stay BEFORE UPDATE ON flag_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER flag_decision_remain BEFORE DELETE ON flag_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER dispute_stay BEFORE UPDATE ON dispute BEGIN SELECT RAISE(ABORT, 'disputes are append-only'); END;
CREATE TRIGGER dispute_remain BEFORE DELETE ON dispute BEGIN SELECT RAISE(ABORT, 'disputes are append-only'); END;
CREATE TRIGGER dispute_decision_stay BEFORE UPDATE ON dispute_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER dispute_decision_remain BEFORE DELETE ON dispute_decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER audit_stay BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END;
CREATE TRIGGER audit_remain BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END;
CREATE TRIGGER reward_remain BEFORE DELETE ON reward BEGIN SELECT RAISE(ABORT, 'rewards are append-only'); END;
CREATE TRIGGER reward_amount_stays BEFORE UPDATE OF id, conversion_id, rule, side, person_id, amount, currency, available_at, created_at ON reward
BEGIN SELECT RAISE(ABORT, 'a reward changes its state only'); END;
CREATE TRIGGER reward_moves_forward BEFORE UPDATE OF state ON reward
WHEN NOT (
  (OLD.state = 'pending' AND NEW.state IN ('approved', 'held', 'voided'))
  OR (OLD.state = 'held' AND NEW.state IN ('pending', 'approved', 'voided'))
  OR (OLD.state = 'approved' AND NEW.state IN ('paid', 'held', 'voided'))
)
BEGIN SELECT RAISE(ABORT, 'a reward moves forward only'); END;
CREATE TRIGGER friend_is_bound_once BEFORE UPDATE ON friend WHEN OLD.referrer_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a customer is bound once'); END;
