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

-- As before, but by the index of those who have a referrer: the planner took the one of kinds, and looked at every
-- conversion for every referrer.
DROP VIEW referrer_shown;
CREATE VIEW referrer_shown AS
SELECT r.seq, r.id, r.code, json_object(
  'id', r.id,
  'code', r.code,
  'further_codes', (
    SELECT json_group_array(o.code) FROM (
      SELECT f.code FROM further_code f WHERE f.referrer_id = r.id
      UNION ALL
      SELECT a.code FROM joined_to k JOIN referrer a ON a.id = k.referrer_id WHERE k.identified_id = r.id
    ) o
  ),
  'external_id', r.external_id,
  'joined_to', j.identified_id,
  'email', p.email,
  'name', p.name,
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', r.created_at / 1000.0, 'unixepoch'),
  'friends', (
    SELECT count(*) FROM friend f WHERE f.referrer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rebinding x WHERE x.friend_id = f.id) AND f.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ) + (
    SELECT count(*) FROM rebinding x
    WHERE NOT EXISTS (SELECT 1 FROM rebinding y WHERE y.friend_id = x.friend_id AND y.seq > x.seq) AND x.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'leads', (
    SELECT count(*) FROM conversion c INDEXED BY conversion_of WHERE c.referrer_id IS NOT NULL AND c.kind = 'lead' AND c.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ) + (
    SELECT count(*) FROM reattribution x WHERE x.kind = 'lead' AND x.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ) - (
    SELECT count(*) FROM reattribution x WHERE x.kind = 'lead' AND x.lost_by IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'sales', (
    SELECT count(*) FROM conversion c INDEXED BY conversion_of WHERE c.referrer_id IS NOT NULL AND c.kind = 'sale' AND c.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ) + (
    SELECT count(*) FROM reattribution x WHERE x.kind = 'sale' AND x.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ) - (
    SELECT count(*) FROM reattribution x WHERE x.kind = 'sale' AND x.lost_by IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'balances', (
    SELECT json_group_array(json_object('currency', b.currency, 'pending', b.pending, 'approved', b.approved, 'paid', b.paid, 'held', b.held))
    FROM (
      SELECT w.currency,
        sum(iif(w.state = 'pending', e.amount, 0)) AS pending,
        sum(iif(w.state = 'approved', e.amount, 0)) AS approved,
        sum(iif(w.state = 'paid', e.amount, 0)) AS paid,
        sum(iif(w.state = 'held', e.amount, 0)) AS held
      FROM reward w JOIN entry e ON e.reward_id = w.id AND e.account = w.person_id
      WHERE w.person_id IN (
        SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
      )
      GROUP BY w.currency
    ) b
  )
) AS body
FROM referrer r
LEFT JOIN person p ON p.id = r.id
LEFT JOIN joined_to j ON j.referrer_id = r.id;
