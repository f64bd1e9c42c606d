-- Doubt: what a program doubts and how much, what was known of each conversion when it was judged, who was where, what
-- reviewers noted, and whose rewards wait because of their record.

CREATE TABLE fraud_settings (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- The figures behind a flag, and the settings that raised it. Those from before were raised by the first.
ALTER TABLE flag ADD COLUMN evidence TEXT NOT NULL DEFAULT '{}';
ALTER TABLE flag ADD COLUMN settings_version INTEGER NOT NULL DEFAULT 1;
CREATE INDEX flag_of ON flag (referrer_id, seq);

-- Free text may name somebody: it stands apart from the rows that stay, so that it can be taken out.
CREATE TABLE flag_note (
  seq INTEGER PRIMARY KEY,
  flag_id TEXT NOT NULL,
  note TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX flag_note_of ON flag_note (flag_id);

-- What was known when a credited conversion was judged: no name, no address, no IP. It goes with its friend.
CREATE TABLE observation (
  conversion_seq INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

-- Where people were seen, as hashes under the salt of a day. Both end within 48 hours of the day's beginning.
CREATE TABLE sighting_salt (
  day INTEGER PRIMARY KEY,
  salt TEXT NOT NULL
) STRICT;
CREATE TABLE sighting (
  -- Whose circle it is: the referrer's own, or the one of the friend's referrer.
  referrer_id TEXT NOT NULL,
  network TEXT NOT NULL,
  -- Empty where the browser was not told.
  browser TEXT NOT NULL,
  person_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (referrer_id, network, browser, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_on ON sighting (day);
CREATE INDEX sighting_who ON sighting (person_id);

-- The newest row of a person's accounts says whether they gain.
CREATE TABLE suspension (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  referrer_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('suspended', 'reinstated')),
  -- A rule's word, or that a person did it.
  cause TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX suspension_of ON suspension (referrer_id, seq);
CREATE TABLE suspension_note (
  suspension_id TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER fraud_settings_stay BEFORE UPDATE ON fraud_settings BEGIN SELECT RAISE(ABORT, 'settings are append-only'); END;
CREATE TRIGGER fraud_settings_remain BEFORE DELETE ON fraud_settings BEGIN SELECT RAISE(ABORT, 'settings are append-only'); END;
CREATE TRIGGER suspension_stay BEFORE UPDATE ON suspension BEGIN SELECT RAISE(ABORT, 'suspensions are append-only'); END;
CREATE TRIGGER suspension_remain BEFORE DELETE ON suspension BEGIN SELECT RAISE(ABORT, 'suspensions are append-only'); END;

-- Clicks that were held by the browser somebody joined in, of their own link.
CREATE TABLE own_click (
  click_id TEXT PRIMARY KEY,
  referrer_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Accounts that more than one referrer named are found by their end: an index keeps no whole number that an erasure would
-- have to take out of it.
CREATE INDEX payout_target_end ON payout_target (substr(iban, -6));

-- Whom a customer belongs to after a person took them from whoever they were bound to. The newest row counts: to nobody,
-- until their next credited conversion binds them anew.
CREATE TABLE rebinding (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  friend_id TEXT NOT NULL,
  referrer_id TEXT,
  code TEXT,
  -- The click that bound them; of a row that takes them away, the click that no longer counts.
  click_id TEXT,
  clicked_at INTEGER,
  -- The flag that took them away, or the conversion that bound them anew.
  cause TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  CHECK ((referrer_id IS NULL) = (code IS NULL) AND (referrer_id IS NULL) = (clicked_at IS NULL))
) STRICT;
CREATE INDEX rebinding_of ON rebinding (friend_id, seq);
CREATE TRIGGER rebinding_stay BEFORE UPDATE ON rebinding BEGIN SELECT RAISE(ABORT, 'bindings are append-only'); END;
CREATE TRIGGER rebinding_remain BEFORE DELETE ON rebinding BEGIN SELECT RAISE(ABORT, 'bindings are append-only'); END;
CREATE TRIGGER rebinding_follows_a_taking BEFORE INSERT ON rebinding
WHEN (NEW.referrer_id IS NULL) = coalesce(
  (SELECT b.referrer_id IS NULL FROM rebinding b WHERE b.friend_id = NEW.friend_id ORDER BY b.seq DESC LIMIT 1),
  (SELECT f.referrer_id IS NULL FROM friend f WHERE f.id = NEW.friend_id)
)
BEGIN SELECT RAISE(ABORT, 'a customer is taken from whom they belong to, and bound when they belong to nobody'); END;

-- Suspensions and takings decide about money, and have their links. SQLite changes no CHECK in place, so the table is made anew;
-- which kinds there are, `referral::chain` and the walk know.
CREATE TABLE link_before AS SELECT * FROM link;
DROP TABLE link;
CREATE TABLE link (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- The entry's seq, the id of the flag, dispute, sale, decision or line, a lead's id and its stage.
  key TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
INSERT INTO link (seq, kind, key, hash) SELECT seq, kind, key, hash FROM link_before ORDER BY seq;
DROP TABLE link_before;
CREATE TRIGGER link_stay BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'links are append-only'); END;
CREATE TRIGGER link_remain BEFORE DELETE ON link BEGIN SELECT RAISE(ABORT, 'links are append-only'); END;

-- How many conversions a referrer had in the last minutes is asked at every one of them.
CREATE INDEX conversion_pace ON conversion (referrer_id, occurred_at) WHERE referrer_id IS NOT NULL;
-- Rejected leads of a referrer count in their record.
CREATE INDEX lead_stage_rejected ON lead_stage (referrer_id) WHERE stage = 'rejected' AND referrer_id IS NOT NULL;
