SELECT state, cause, note, at FROM suspension WHERE referrer_id = ? ORDER BY seq DESC LIMIT 20
