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

-- Reports by the UTC day, so that they take as long with a million conversions as with a hundred: of conversions and what
-- came of them by the day on which they happened, of rewards by the day on which they were granted or taken back. Derived
-- from the rows beside it by the triggers below, and from nothing else. What has no currency stands under ''.
CREATE TABLE day_total (
  day TEXT NOT NULL,
  currency TEXT NOT NULL,
  leads INTEGER NOT NULL DEFAULT 0,
  leads_attributed INTEGER NOT NULL DEFAULT 0,
  leads_qualified INTEGER NOT NULL DEFAULT 0,
  leads_rewarded INTEGER NOT NULL DEFAULT 0,
  sales INTEGER NOT NULL DEFAULT 0,
  sales_attributed INTEGER NOT NULL DEFAULT 0,
  sales_rewarded INTEGER NOT NULL DEFAULT 0,
  amount INTEGER NOT NULL DEFAULT 0,
  attributed_amount INTEGER NOT NULL DEFAULT 0,
  rewards INTEGER NOT NULL DEFAULT 0,
  granted_amount INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, currency)
) STRICT, WITHOUT ROWID;

INSERT INTO day_total (day, currency, leads, leads_attributed, sales, sales_attributed, amount, attributed_amount)
SELECT strftime('%Y-%m-%d', occurred_at / 1000.0, 'unixepoch') AS day, coalesce(currency, ''), sum(kind = 'lead'),
  sum(kind = 'lead' AND credited), sum(kind = 'sale'), sum(kind = 'sale' AND credited),
  coalesce(sum(amount), 0), coalesce(sum(iif(credited, amount, 0)), 0)
FROM (
  SELECT *, referrer_id IS NOT NULL OR EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = conversion.id) AS credited
  FROM conversion
) GROUP BY 1, 2;
INSERT INTO day_total (day, currency, leads_qualified)
SELECT strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), '', count(*)
FROM lead_stage s JOIN conversion c ON c.id = s.lead_id WHERE s.stage = 'qualified' GROUP BY 1, 2
ON CONFLICT (day, currency) DO UPDATE SET leads_qualified = leads_qualified + excluded.leads_qualified;
INSERT INTO day_total (day, currency, leads_rewarded, sales_rewarded)
SELECT strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), coalesce(c.currency, ''), sum(c.kind = 'lead'), sum(c.kind = 'sale')
FROM conversion c WHERE EXISTS (SELECT 1 FROM reward r WHERE r.conversion_id = c.id) GROUP BY 1, 2
ON CONFLICT (day, currency) DO UPDATE SET
  leads_rewarded = leads_rewarded + excluded.leads_rewarded, sales_rewarded = sales_rewarded + excluded.sales_rewarded;
INSERT INTO day_total (day, currency, rewards, granted_amount)
SELECT strftime('%Y-%m-%d', created_at / 1000.0, 'unixepoch'), currency, sum(taken_back_by IS NULL), sum(amount)
FROM entry WHERE account <> 'program' GROUP BY 1, 2
ON CONFLICT (day, currency) DO UPDATE SET rewards = rewards + excluded.rewards, granted_amount = granted_amount + excluded.granted_amount;

CREATE TRIGGER day_total_conversion AFTER INSERT ON conversion BEGIN
  INSERT INTO day_total (day, currency, leads, leads_attributed, sales, sales_attributed, amount, attributed_amount)
  VALUES (
    strftime('%Y-%m-%d', NEW.occurred_at / 1000.0, 'unixepoch'), coalesce(NEW.currency, ''), NEW.kind = 'lead',
    NEW.kind = 'lead' AND NEW.referrer_id IS NOT NULL, NEW.kind = 'sale', NEW.kind = 'sale' AND NEW.referrer_id IS NOT NULL,
    coalesce(NEW.amount, 0), iif(NEW.referrer_id IS NOT NULL, coalesce(NEW.amount, 0), 0)
  )
  ON CONFLICT (day, currency) DO UPDATE SET
    leads = leads + excluded.leads, leads_attributed = leads_attributed + excluded.leads_attributed,
    sales = sales + excluded.sales, sales_attributed = sales_attributed + excluded.sales_attributed,
    amount = amount + excluded.amount, attributed_amount = attributed_amount + excluded.attributed_amount;
END;
-- Whoever it moves to: it never moves back to nobody.
CREATE TRIGGER day_total_reattribution AFTER INSERT ON reattribution WHEN NEW.lost_by IS NULL BEGIN
  INSERT INTO day_total (day, currency, leads_attributed, sales_attributed, attributed_amount)
  SELECT strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), coalesce(c.currency, ''), c.kind = 'lead', c.kind = 'sale', coalesce(c.amount, 0)
  FROM conversion c WHERE c.id = NEW.conversion_id
  ON CONFLICT (day, currency) DO UPDATE SET
    leads_attributed = leads_attributed + excluded.leads_attributed,
    sales_attributed = sales_attributed + excluded.sales_attributed,
    attributed_amount = attributed_amount + excluded.attributed_amount;
END;
CREATE TRIGGER day_total_stage AFTER INSERT ON lead_stage WHEN NEW.stage = 'qualified' BEGIN
  INSERT INTO day_total (day, currency, leads_qualified)
  SELECT strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), '', 1 FROM conversion c WHERE c.id = NEW.lead_id
  ON CONFLICT (day, currency) DO UPDATE SET leads_qualified = leads_qualified + 1;
END;
CREATE TRIGGER day_total_reward AFTER INSERT ON reward
WHEN NOT EXISTS (SELECT 1 FROM reward r WHERE r.conversion_id = NEW.conversion_id AND r.seq < NEW.seq) BEGIN
  INSERT INTO day_total (day, currency, leads_rewarded, sales_rewarded)
  SELECT strftime('%Y-%m-%d', c.occurred_at / 1000.0, 'unixepoch'), coalesce(c.currency, ''), c.kind = 'lead', c.kind = 'sale'
  FROM conversion c WHERE c.id = NEW.conversion_id
  ON CONFLICT (day, currency) DO UPDATE SET
    leads_rewarded = leads_rewarded + excluded.leads_rewarded, sales_rewarded = sales_rewarded + excluded.sales_rewarded;
END;
CREATE TRIGGER day_total_entry AFTER INSERT ON entry WHEN NEW.account <> 'program' BEGIN
  INSERT INTO day_total (day, currency, rewards, granted_amount)
  VALUES (strftime('%Y-%m-%d', NEW.created_at / 1000.0, 'unixepoch'), NEW.currency, NEW.taken_back_by IS NULL, NEW.amount)
  ON CONFLICT (day, currency) DO UPDATE SET
    rewards = rewards + excluded.rewards, granted_amount = granted_amount + excluded.granted_amount;
END;
