-- A day's salt for visitor hashes. Overwritten and deleted 48 hours after the day began: from then on nobody can tell
-- whether a hash belongs to a visitor.
CREATE TABLE salt (
  day INTEGER PRIMARY KEY,
  salt TEXT NOT NULL
) STRICT;

-- Who has been counted in an hour, one click per visitor, code and hour: hashes of 16 hexadecimal digits, a batch a row,
-- so that counting always writes at the end. Read when the object wakes, deleted when it cannot matter any more.
CREATE TABLE seen (
  batch INTEGER PRIMARY KEY,
  hour INTEGER NOT NULL,
  visitors TEXT NOT NULL
) STRICT;

-- Counted clicks, in the order in which they were counted. The id carries the second and a nonce, so ids are in order of
-- time. Days are counted from 1970.
CREATE TABLE click (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  day INTEGER NOT NULL,
  code TEXT NOT NULL,
  channel TEXT NOT NULL,
  device TEXT NOT NULL,
  country TEXT NOT NULL,
  referring_host TEXT NOT NULL
) STRICT;

-- The last click that the two tables below include.
CREATE TABLE rolled_up (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO rolled_up (one, seq) VALUES (1, 0);

-- Clicks of a day, code, country, device, referring host and channel.
CREATE TABLE rollup (
  day INTEGER NOT NULL,
  code TEXT NOT NULL,
  country TEXT NOT NULL,
  device TEXT NOT NULL,
  referring_host TEXT NOT NULL,
  channel TEXT NOT NULL,
  clicks INTEGER NOT NULL,
  PRIMARY KEY (day, code, country, device, referring_host, channel)
) STRICT, WITHOUT ROWID;

-- Clicks of a code since the beginning.
CREATE TABLE total (
  code TEXT PRIMARY KEY,
  clicks INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What widgets report, per day: seen, joined, shared, copied, opened.
CREATE TABLE widget_event (
  day INTEGER NOT NULL,
  type TEXT NOT NULL,
  channel TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, type, channel)
) STRICT, WITHOUT ROWID;
