INSERT INTO flag (id, conversion_id, referrer_id, friend_id, rule, weight, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
