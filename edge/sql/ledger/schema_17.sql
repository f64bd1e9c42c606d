-- What one referrer's pages and lists of referrers add up, so that they take as long for whoever brings most as for anybody
-- else. Derived from the rows beside it by the triggers below, and from nothing else.

-- Friends by the UTC day on which they were first known, with whom they belong to now.
ALTER TABLE tally ADD COLUMN friends INTEGER NOT NULL DEFAULT 0;
INSERT INTO tally (account, day, friends)
SELECT owner, day, count(*) FROM (
  SELECT strftime('%Y-%m-%d', f.created_at / 1000.0, 'unixepoch') AS day, iif(b.seq IS NULL, f.referrer_id, b.referrer_id) AS owner
  FROM friend f LEFT JOIN rebinding b ON b.seq = (SELECT max(n.seq) FROM rebinding n WHERE n.friend_id = f.id)
) WHERE owner IS NOT NULL GROUP BY owner, day
ON CONFLICT (account, day) DO UPDATE SET friends = friends + excluded.friends;

CREATE TRIGGER tally_friend AFTER INSERT ON friend WHEN NEW.referrer_id IS NOT NULL BEGIN
  INSERT INTO tally (account, day, friends)
  VALUES (NEW.referrer_id, strftime('%Y-%m-%d', NEW.created_at / 1000.0, 'unixepoch'), 1)
  ON CONFLICT (account, day) DO UPDATE SET friends = friends + excluded.friends;
END;
CREATE TRIGGER tally_friend_bound AFTER UPDATE OF referrer_id ON friend
WHEN OLD.referrer_id IS NULL AND NEW.referrer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rebinding b WHERE b.friend_id = NEW.id) BEGIN
  INSERT INTO tally (account, day, friends)
  VALUES (NEW.referrer_id, strftime('%Y-%m-%d', NEW.created_at / 1000.0, 'unixepoch'), 1)
  ON CONFLICT (account, day) DO UPDATE SET friends = friends + excluded.friends;
END;
CREATE TRIGGER tally_rebinding AFTER INSERT ON rebinding BEGIN
  INSERT INTO tally (account, day, friends)
  SELECT w.account, strftime('%Y-%m-%d', f.created_at / 1000.0, 'unixepoch'), w.sign
  FROM friend f, (
    SELECT iif(
      EXISTS (SELECT 1 FROM rebinding b WHERE b.friend_id = NEW.friend_id AND b.seq < NEW.seq),
      (SELECT b.referrer_id FROM rebinding b WHERE b.friend_id = NEW.friend_id AND b.seq < NEW.seq ORDER BY b.seq DESC LIMIT 1),
      (SELECT o.referrer_id FROM friend o WHERE o.id = NEW.friend_id)
    ) AS account, -1 AS sign
    UNION ALL SELECT NEW.referrer_id, 1
  ) w
  WHERE f.id = NEW.friend_id AND w.account IS NOT NULL
  ON CONFLICT (account, day) DO UPDATE SET friends = friends + excluded.friends;
END;

-- What each referrer was granted and what was taken back of it (not above 0), by the UTC day on which that happened. Friends
-- have no statements: their entries are neither summed nor in the index.
CREATE TABLE earning (
  person_id TEXT NOT NULL,
  day TEXT NOT NULL,
  currency TEXT NOT NULL,
  granted_amount INTEGER NOT NULL,
  taken_back_amount INTEGER NOT NULL,
  PRIMARY KEY (person_id, day, currency)
) STRICT, WITHOUT ROWID;
INSERT INTO earning (person_id, day, currency, granted_amount, taken_back_amount)
SELECT account, strftime('%Y-%m-%d', created_at / 1000.0, 'unixepoch') AS day, currency,
  sum(iif(taken_back_by IS NULL, amount, 0)), sum(iif(taken_back_by IS NULL, 0, amount))
FROM entry WHERE substr(account, 1, 4) = 'rfr_' GROUP BY account, day, currency;
CREATE TRIGGER earning_entry AFTER INSERT ON entry WHEN substr(NEW.account, 1, 4) = 'rfr_' BEGIN
  INSERT INTO earning (person_id, day, currency, granted_amount, taken_back_amount)
  VALUES (
    NEW.account, strftime('%Y-%m-%d', NEW.created_at / 1000.0, 'unixepoch'), NEW.currency,
    iif(NEW.taken_back_by IS NULL, NEW.amount, 0), iif(NEW.taken_back_by IS NULL, 0, NEW.amount)
  )
  ON CONFLICT (person_id, day, currency) DO UPDATE SET
    granted_amount = granted_amount + excluded.granted_amount, taken_back_amount = taken_back_amount + excluded.taken_back_amount;
END;
-- A statement begins with the newest.
CREATE INDEX entry_newest ON entry (account, created_at DESC, reward_id) WHERE substr(account, 1, 4) = 'rfr_';

-- What each referrer's days since one day come to, for lists that begin with who has most. The day moves on once a day, when
-- somebody looks; in between the triggers keep it.
CREATE TABLE ranking (
  account TEXT PRIMARY KEY,
  leads INTEGER NOT NULL,
  sales INTEGER NOT NULL,
  sold_amount INTEGER NOT NULL,
  granted_amount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE ranking_since (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  day TEXT NOT NULL
) STRICT;
-- Before anybody has looked, it counts from the beginning.
INSERT INTO ranking_since (one, day) VALUES (1, '');
INSERT INTO ranking (account, leads, sales, sold_amount, granted_amount)
SELECT account, sum(leads), sum(sales), sum(sold_amount), sum(granted_amount) FROM tally WHERE account <> 'program' GROUP BY account;
CREATE TRIGGER ranking_first AFTER INSERT ON tally
WHEN NEW.account <> 'program' AND NEW.day >= (SELECT day FROM ranking_since)
  AND (NEW.leads <> 0 OR NEW.sales <> 0 OR NEW.sold_amount <> 0 OR NEW.granted_amount <> 0) BEGIN
  INSERT INTO ranking (account, leads, sales, sold_amount, granted_amount)
  VALUES (NEW.account, NEW.leads, NEW.sales, NEW.sold_amount, NEW.granted_amount)
  ON CONFLICT (account) DO UPDATE SET
    leads = leads + excluded.leads, sales = sales + excluded.sales,
    sold_amount = sold_amount + excluded.sold_amount, granted_amount = granted_amount + excluded.granted_amount;
END;
CREATE TRIGGER ranking_then AFTER UPDATE ON tally
WHEN NEW.account <> 'program' AND NEW.day >= (SELECT day FROM ranking_since) AND (
  NEW.leads <> OLD.leads OR NEW.sales <> OLD.sales OR NEW.sold_amount <> OLD.sold_amount OR NEW.granted_amount <> OLD.granted_amount
) BEGIN
  INSERT INTO ranking (account, leads, sales, sold_amount, granted_amount)
  VALUES (
    NEW.account, NEW.leads - OLD.leads, NEW.sales - OLD.sales,
    NEW.sold_amount - OLD.sold_amount, NEW.granted_amount - OLD.granted_amount
  )
  ON CONFLICT (account) DO UPDATE SET
    leads = leads + excluded.leads, sales = sales + excluded.sales,
    sold_amount = sold_amount + excluded.sold_amount, granted_amount = granted_amount + excluded.granted_amount;
END;
