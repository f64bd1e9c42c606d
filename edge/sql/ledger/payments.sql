SELECT count(*), min(occurred_at) FROM conversion WHERE friend_id = ? AND kind = 'sale' AND referrer_id IS NOT NULL
