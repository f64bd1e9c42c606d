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
