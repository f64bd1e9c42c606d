SELECT s.body FROM dispute_shown s WHERE s.referrer_id = ? ORDER BY s.seq DESC LIMIT 20
