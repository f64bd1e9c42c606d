DELETE FROM suspension_note
WHERE suspension_id IN (SELECT id FROM suspension WHERE referrer_id IN (SELECT value FROM json_each(?)))
