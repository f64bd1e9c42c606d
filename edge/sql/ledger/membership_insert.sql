INSERT INTO membership (referrer_id, group_id, since_at) VALUES (?, ?, ?)
