UPDATE payout_line SET state = ?1, note = ?2, decided_at = ?3 WHERE id IN (SELECT value FROM json_each(?4))
