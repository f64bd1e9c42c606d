-- Which program a name belongs to. A name is slug:…, uid:… or host:….
CREATE TABLE name (
  name TEXT PRIMARY KEY,
  uid TEXT NOT NULL,
  -- 0: put aside for a program that is being created.
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  -- Of the facts: an older version never replaces a newer one.
  version INTEGER NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts))
) STRICT, WITHOUT ROWID;
CREATE INDEX name_of ON name (uid);
