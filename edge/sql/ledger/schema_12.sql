-- How the program looks and sounds: a version with each change.
CREATE TABLE look (
  version INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER look_stay BEFORE UPDATE ON look BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER look_remain BEFORE DELETE ON look BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;

-- What referrers may share besides their link. `body` is the words of a text, the address of a file, or the words that
-- stand for a picture; `sum` names the picture itself.
CREATE TABLE asset (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'picture', 'file')),
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  locale TEXT,
  group_id TEXT,
  sum TEXT CHECK ((sum IS NOT NULL) = (kind = 'picture')),
  media TEXT,
  bytes INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER asset_stay BEFORE UPDATE ON asset BEGIN SELECT RAISE(ABORT, 'assets are retired, never changed'); END;
CREATE TRIGGER asset_remain BEFORE DELETE ON asset BEGIN SELECT RAISE(ABORT, 'assets are retired, never removed'); END;
CREATE INDEX asset_sum ON asset (sum) WHERE sum IS NOT NULL;
CREATE TABLE asset_retired (
  asset_id TEXT PRIMARY KEY REFERENCES asset (id),
  retired_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER asset_retired_stay BEFORE UPDATE ON asset_retired BEGIN SELECT RAISE(ABORT, 'assets are retired once'); END;
CREATE TRIGGER asset_retired_remain BEFORE DELETE ON asset_retired BEGIN SELECT RAISE(ABORT, 'assets are retired once'); END;
CREATE TRIGGER asset_retired_was_not AFTER INSERT ON asset_retired WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('asset_retired', NEW.asset_id, NULL);
END;
-- Pictures in base64, by their SHA-256; gone when the last asset that shows one is retired. Not part of the ledger.
CREATE TABLE picture (
  sum TEXT PRIMARY KEY CHECK (length(sum) = 64),
  media TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- What the merchant says of how ready the program is, point by point; the newest row of a point counts. `amount` is what
-- a customer costs elsewhere.
CREATE TABLE readiness (
  seq INTEGER PRIMARY KEY,
  point TEXT NOT NULL,
  done INTEGER NOT NULL CHECK (done IN (0, 1)),
  note TEXT NOT NULL,
  amount INTEGER CHECK (amount > 0),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX readiness_point ON readiness (point, seq);
CREATE TRIGGER readiness_stay BEFORE UPDATE ON readiness BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
CREATE TRIGGER readiness_remain BEFORE DELETE ON readiness BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;

-- Where the panel asked for its facts lately: origins and when, a few of them.
CREATE TABLE page_seen (
  origin TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX page_seen_age ON page_seen (seen_at);
