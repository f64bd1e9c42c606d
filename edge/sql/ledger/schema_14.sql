-- When a link of a referrer's was first known to have left their browser: null, not yet; 0, no longer known, they were
-- erased. For statistics, and for whoever wants to help those who joined and never shared: nothing else follows from it.
ALTER TABLE referrer ADD COLUMN shared_at INTEGER CHECK (shared_at >= 0);
DROP TRIGGER referrer_was;
-- Of those who are there already: a secret was shown to the edge when its link was shared, and a customer came by a link.
UPDATE referrer SET shared_at = iif(proof_hash IS NOT NULL, created_at, (
  SELECT min(at) FROM (
    SELECT min(f.added_at) AS at FROM further_code f WHERE f.referrer_id = referrer.id AND f.proof_hash IS NOT NULL
    UNION ALL SELECT min(o.created_at) FROM joined_to j JOIN referrer o ON o.id = j.referrer_id WHERE j.identified_id = referrer.id
    UNION ALL SELECT min(coalesce(c.clicked_at, c.created_at)) FROM friend c WHERE c.referrer_id = referrer.id
  )
));
CREATE TRIGGER referrer_was BEFORE UPDATE ON referrer WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('referrer', OLD.seq, json_object('seq', OLD.seq, 'id', OLD.id, 'code', OLD.code, 'external_id', OLD.external_id, 'proof_hash', OLD.proof_hash, 'created_at', OLD.created_at, 'shared_at', OLD.shared_at));
END;
CREATE TRIGGER referrer_shares_first_once BEFORE UPDATE OF shared_at ON referrer WHEN OLD.shared_at IS NOT NULL AND NEW.shared_at IS NOT 0
BEGIN SELECT RAISE(ABORT, 'nobody shares for the first time twice'); END;
-- Who has, who has not, and who was erased, each newest first.
CREATE INDEX referrer_sharing ON referrer (shared_at > 0, seq);
-- A customer who came by a link shows that it had left, wherever it was shared.
CREATE TRIGGER friend_shows_sharing AFTER INSERT ON friend WHEN NEW.referrer_id IS NOT NULL BEGIN
  UPDATE referrer SET shared_at = coalesce(NEW.clicked_at, NEW.created_at) WHERE id = NEW.referrer_id AND shared_at IS NULL;
END;
CREATE TRIGGER friend_bound_shows_sharing AFTER UPDATE OF referrer_id ON friend WHEN NEW.referrer_id IS NOT NULL BEGIN
  UPDATE referrer SET shared_at = coalesce(NEW.clicked_at, NEW.created_at) WHERE id = NEW.referrer_id AND shared_at IS NULL;
END;
-- What somebody shared before they signed in, they shared.
CREATE TRIGGER joined_to_shows_sharing AFTER INSERT ON joined_to BEGIN
  UPDATE referrer SET shared_at = (SELECT o.shared_at FROM referrer o WHERE o.id = NEW.referrer_id AND o.shared_at > 0)
  WHERE id = NEW.identified_id AND shared_at IS NULL;
END;
