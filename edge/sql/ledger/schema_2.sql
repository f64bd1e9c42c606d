-- Signed identity: keys to sign with, links of people who have several, what a referrer agreed to, and why a followed
-- link did not win.

-- The third kind of key. A CHECK cannot be widened in place.
CREATE TABLE api_key_2 (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('publishable', 'secret', 'identity')),
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;
INSERT INTO api_key_2 (id, kind, hash, created_at, expires_at) SELECT id, kind, hash, created_at, expires_at FROM api_key;
DROP TABLE api_key;
ALTER TABLE api_key_2 RENAME TO api_key;

-- Whether a friend may be told the first name.
ALTER TABLE person ADD COLUMN show_name INTEGER NOT NULL DEFAULT 0 CHECK (show_name IN (0, 1));

-- Links of a referrer besides the first: made in another browser, joined by proof of their secret.
CREATE TABLE further_code (
  code TEXT PRIMARY KEY,
  referrer_id TEXT NOT NULL,
  proof_hash TEXT NOT NULL UNIQUE,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX further_code_of ON further_code (referrer_id);

-- Referrers who never signed in, and whom they turned out to be. What was written for them stays theirs; it is shown
-- with the one they are joined to, who is credited from then on.
CREATE TABLE joined_to (
  referrer_id TEXT PRIMARY KEY,
  identified_id TEXT NOT NULL,
  joined_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX joined_to_of ON joined_to (identified_id);

CREATE TABLE terms_accepted (
  referrer_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY (referrer_id, version)
) STRICT, WITHOUT ROWID;

-- Whose link the customer of a conversion had followed too, and why it did not win: an outcome of the trace.
CREATE TABLE runner_up (
  referrer_id TEXT NOT NULL,
  conversion_seq INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (referrer_id, conversion_seq)
) STRICT, WITHOUT ROWID;

-- Conversions from before have it in their traces.
INSERT INTO runner_up (referrer_id, conversion_seq, outcome)
SELECT referrer_id, seq, outcome FROM (
  SELECT
    t.value ->> 'referrer_id' AS referrer_id,
    c.seq AS seq,
    t.value ->> 'outcome' AS outcome,
    max(t.key)
  FROM conversion c JOIN trace r ON r.conversion_id = c.id, json_each(r.body, '$.touches') t
  WHERE t.value ->> 'referrer_id' IS NOT NULL AND t.value ->> 'referrer_id' IS NOT c.referrer_id
  GROUP BY 1, 2
);

CREATE TRIGGER further_code_stay BEFORE UPDATE ON further_code BEGIN SELECT RAISE(ABORT, 'codes are append-only'); END;
CREATE TRIGGER further_code_remain BEFORE DELETE ON further_code BEGIN SELECT RAISE(ABORT, 'codes are append-only'); END;
CREATE TRIGGER joined_to_stay BEFORE UPDATE ON joined_to BEGIN SELECT RAISE(ABORT, 'joinings are append-only'); END;
CREATE TRIGGER joined_to_remain BEFORE DELETE ON joined_to BEGIN SELECT RAISE(ABORT, 'joinings are append-only'); END;
CREATE TRIGGER terms_accepted_stay BEFORE UPDATE ON terms_accepted BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TRIGGER terms_accepted_remain BEFORE DELETE ON terms_accepted BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TRIGGER runner_up_stay BEFORE UPDATE ON runner_up BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER runner_up_remain BEFORE DELETE ON runner_up BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER referrer_remain BEFORE DELETE ON referrer BEGIN SELECT RAISE(ABORT, 'referrers are append-only'); END;
CREATE TRIGGER referrer_stays BEFORE UPDATE OF id, code, created_at ON referrer
BEGIN SELECT RAISE(ABORT, 'a referrer is identified only'); END;
CREATE TRIGGER referrer_is_identified_once BEFORE UPDATE OF external_id ON referrer
WHEN NEW.external_id IS NOT NULL
  AND (OLD.external_id IS NOT NULL OR EXISTS (SELECT 1 FROM joined_to WHERE referrer_id = OLD.id))
BEGIN SELECT RAISE(ABORT, 'a referrer is identified once'); END;
-- One step, never a chain: to somebody who is identified, from somebody who is not.
CREATE TRIGGER joined_to_the_identified BEFORE INSERT ON joined_to
WHEN EXISTS (SELECT 1 FROM referrer WHERE id = NEW.referrer_id AND external_id IS NOT NULL)
  OR NOT EXISTS (SELECT 1 FROM referrer WHERE id = NEW.identified_id AND external_id IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the anonymous are joined to the identified'); END;

-- What a referrer brought, with what those joined to them brought. They show nothing themselves, so that a sum over all
-- referrers counts everything once.
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
    SELECT count(*) FROM friend f WHERE f.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'leads', (
    SELECT count(*) FROM conversion c WHERE c.kind = 'lead' AND c.referrer_id IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'sales', (
    SELECT count(*) FROM conversion c WHERE c.kind = 'sale' AND c.referrer_id IN (
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
