-- What each person's rewards come to, by currency and state. Derived from `reward` and `entry` by the triggers below, and
-- from nothing else; every panel and every list of referrers asks for it.
CREATE TABLE balance (
  person_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL,
  -- Rewards that an entry names.
  rewards INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (person_id, currency, state)
) STRICT, WITHOUT ROWID;

INSERT INTO balance (person_id, currency, state, rewards, amount)
SELECT r.person_id, r.currency, r.state, count(DISTINCT r.id), sum(e.amount)
FROM reward r JOIN entry e ON e.reward_id = r.id AND e.account = r.person_id
GROUP BY r.person_id, r.currency, r.state;

CREATE TRIGGER balance_entry AFTER INSERT ON entry WHEN NEW.account <> 'program' BEGIN
  INSERT INTO balance (person_id, currency, state, rewards, amount)
  SELECT r.person_id, r.currency, r.state,
    NOT EXISTS (SELECT 1 FROM entry e WHERE e.reward_id = r.id AND e.account = r.person_id AND e.seq <> NEW.seq), NEW.amount
  FROM reward r WHERE r.id = NEW.reward_id AND r.person_id = NEW.account
  ON CONFLICT (person_id, currency, state) DO UPDATE SET rewards = rewards + excluded.rewards, amount = amount + excluded.amount;
END;
CREATE TRIGGER balance_reward AFTER UPDATE OF state ON reward
WHEN NEW.state <> OLD.state AND EXISTS (SELECT 1 FROM entry e WHERE e.reward_id = NEW.id AND e.account = NEW.person_id) BEGIN
  INSERT INTO balance (person_id, currency, state, rewards, amount)
  SELECT NEW.person_id, NEW.currency, NEW.state, 1, sum(e.amount) FROM entry e WHERE e.reward_id = NEW.id AND e.account = NEW.person_id
  ON CONFLICT (person_id, currency, state) DO UPDATE SET rewards = rewards + 1, amount = amount + excluded.amount;
  UPDATE balance SET
    rewards = rewards - 1,
    amount = amount - (SELECT sum(e.amount) FROM entry e WHERE e.reward_id = NEW.id AND e.account = NEW.person_id)
  WHERE person_id = NEW.person_id AND currency = NEW.currency AND state = OLD.state;
END;

-- Lists of one state, of one referrer's conversions of a kind, and of their friends, without a look at the rows.
CREATE INDEX reward_in ON reward (state, seq);
DROP INDEX conversion_of;
CREATE INDEX conversion_of ON conversion (referrer_id, seq, kind) WHERE referrer_id IS NOT NULL;
DROP INDEX friend_of;
CREATE INDEX friend_of ON friend (referrer_id, id) WHERE referrer_id IS NOT NULL;
