-- What a payout made now would pay each person: approved rewards that are in no batch, and what former lines left to be
-- settled. Derived from the rows beside it by the triggers below, and from nothing else; whoever is joined to another is
-- counted with them. The sum over everybody who is owed something stands in `owed`.
CREATE TABLE payable (
  person_id TEXT PRIMARY KEY,
  ready_amount INTEGER NOT NULL DEFAULT 0,
  carried_amount INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE owed (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  people INTEGER NOT NULL,
  amount INTEGER NOT NULL
) STRICT;

INSERT INTO payable (person_id, ready_amount)
SELECT coalesce(j.identified_id, r.person_id), sum((SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = r.id AND e.account <> 'program'))
FROM reward r LEFT JOIN joined_to j ON j.referrer_id = r.person_id
WHERE r.state = 'approved' AND r.perk IS NULL
  AND NOT EXISTS (SELECT 1 FROM payout_item i WHERE i.reward_id = r.id AND i.freed_at IS NULL)
GROUP BY 1;
INSERT INTO payable (person_id, carried_amount)
SELECT coalesce(j.identified_id, l.person_id), sum(
  iif(l.state IN ('paid', 'returned'), (
    SELECT coalesce(sum((SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = i.reward_id AND e.account <> 'program') - i.amount), 0)
    FROM payout_item i WHERE i.line_id = l.id
  ), 0) + iif(l.state = 'returned', l.amount, 0) - iif(l.state <> 'failed', l.carried_amount, 0)
)
FROM payout_line l LEFT JOIN joined_to j ON j.referrer_id = l.person_id
GROUP BY 1
ON CONFLICT (person_id) DO UPDATE SET carried_amount = carried_amount + excluded.carried_amount;
INSERT INTO owed (one, people, amount)
SELECT 1, count(*), coalesce(sum(ready_amount + carried_amount), 0) FROM payable WHERE ready_amount + carried_amount > 0;

CREATE TRIGGER owed_first AFTER INSERT ON payable WHEN NEW.ready_amount + NEW.carried_amount > 0 BEGIN
  UPDATE owed SET people = people + 1, amount = amount + NEW.ready_amount + NEW.carried_amount WHERE one = 1;
END;
CREATE TRIGGER owed_then AFTER UPDATE ON payable BEGIN
  UPDATE owed SET
    people = people + (NEW.ready_amount + NEW.carried_amount > 0) - (OLD.ready_amount + OLD.carried_amount > 0),
    amount = amount + max(NEW.ready_amount + NEW.carried_amount, 0) - max(OLD.ready_amount + OLD.carried_amount, 0)
  WHERE one = 1;
END;

-- An entry of a reward that could be paid, or that a line has paid already.
CREATE TRIGGER payable_entry AFTER INSERT ON entry WHEN NEW.account <> 'program' BEGIN
  INSERT INTO payable (person_id, ready_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = r.person_id), r.person_id), NEW.amount
  FROM reward r WHERE r.id = NEW.reward_id AND r.state = 'approved' AND r.perk IS NULL
    AND NOT EXISTS (SELECT 1 FROM payout_item i WHERE i.reward_id = r.id AND i.freed_at IS NULL)
  ON CONFLICT (person_id) DO UPDATE SET ready_amount = ready_amount + excluded.ready_amount;
  INSERT INTO payable (person_id, carried_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = l.person_id), l.person_id), NEW.amount
  FROM payout_item i JOIN payout_line l ON l.id = i.line_id
  WHERE i.reward_id = NEW.reward_id AND i.freed_at IS NULL AND l.state IN ('paid', 'returned')
  ON CONFLICT (person_id) DO UPDATE SET carried_amount = carried_amount + excluded.carried_amount;
END;
CREATE TRIGGER payable_reward AFTER UPDATE OF state ON reward
WHEN NEW.perk IS NULL AND (OLD.state = 'approved') <> (NEW.state = 'approved')
  AND NOT EXISTS (SELECT 1 FROM payout_item i WHERE i.reward_id = NEW.id AND i.freed_at IS NULL) BEGIN
  INSERT INTO payable (person_id, ready_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = NEW.person_id), NEW.person_id),
    iif(NEW.state = 'approved', 1, -1) * (SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = NEW.id AND e.account <> 'program')
  WHERE true
  ON CONFLICT (person_id) DO UPDATE SET ready_amount = ready_amount + excluded.ready_amount;
END;
-- Into a batch, and out of one that failed. A line that is taken in from elsewhere may be paid already.
CREATE TRIGGER payable_item AFTER INSERT ON payout_item WHEN NEW.freed_at IS NULL BEGIN
  INSERT INTO payable (person_id, ready_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = r.person_id), r.person_id),
    -(SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = r.id AND e.account <> 'program')
  FROM reward r WHERE r.id = NEW.reward_id AND r.state = 'approved' AND r.perk IS NULL
  ON CONFLICT (person_id) DO UPDATE SET ready_amount = ready_amount + excluded.ready_amount;
  INSERT INTO payable (person_id, carried_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = l.person_id), l.person_id),
    (SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = NEW.reward_id AND e.account <> 'program') - NEW.amount
  FROM payout_line l WHERE l.id = NEW.line_id AND l.state IN ('paid', 'returned')
  ON CONFLICT (person_id) DO UPDATE SET carried_amount = carried_amount + excluded.carried_amount;
END;
CREATE TRIGGER payable_item_freed AFTER UPDATE OF freed_at ON payout_item WHEN OLD.freed_at IS NULL AND NEW.freed_at IS NOT NULL BEGIN
  INSERT INTO payable (person_id, ready_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = r.person_id), r.person_id),
    (SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = r.id AND e.account <> 'program')
  FROM reward r WHERE r.id = NEW.reward_id AND r.state = 'approved' AND r.perk IS NULL
  ON CONFLICT (person_id) DO UPDATE SET ready_amount = ready_amount + excluded.ready_amount;
END;
CREATE TRIGGER payable_line AFTER INSERT ON payout_line
WHEN (NEW.state <> 'failed' AND NEW.carried_amount <> 0) OR NEW.state = 'returned' BEGIN
  INSERT INTO payable (person_id, carried_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = NEW.person_id), NEW.person_id),
    iif(NEW.state = 'returned', NEW.amount, 0) - NEW.carried_amount
  WHERE true
  ON CONFLICT (person_id) DO UPDATE SET carried_amount = carried_amount + excluded.carried_amount;
END;
CREATE TRIGGER payable_line_decided AFTER UPDATE OF state ON payout_line WHEN NEW.state <> OLD.state BEGIN
  INSERT INTO payable (person_id, carried_amount)
  SELECT coalesce((SELECT j.identified_id FROM joined_to j WHERE j.referrer_id = NEW.person_id), NEW.person_id),
    CASE NEW.state
      WHEN 'failed' THEN NEW.carried_amount
      WHEN 'returned' THEN NEW.amount
      ELSE (
        SELECT coalesce(sum((SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = i.reward_id AND e.account <> 'program') - i.amount), 0)
        FROM payout_item i WHERE i.line_id = NEW.id
      )
    END
  WHERE true
  ON CONFLICT (person_id) DO UPDATE SET carried_amount = carried_amount + excluded.carried_amount;
END;
-- What an anonymous referrer was owed is owed to whom they turned out to be.
CREATE TRIGGER payable_joined AFTER INSERT ON joined_to
WHEN EXISTS (SELECT 1 FROM payable p WHERE p.person_id = NEW.referrer_id) BEGIN
  INSERT INTO payable (person_id, ready_amount, carried_amount)
  SELECT NEW.identified_id, p.ready_amount, p.carried_amount FROM payable p WHERE p.person_id = NEW.referrer_id
  ON CONFLICT (person_id) DO UPDATE SET
    ready_amount = ready_amount + excluded.ready_amount, carried_amount = carried_amount + excluded.carried_amount;
  UPDATE payable SET ready_amount = 0, carried_amount = 0 WHERE person_id = NEW.referrer_id;
END;

-- Who joined in a time is asked by every report.
CREATE INDEX referrer_since ON referrer (created_at);
