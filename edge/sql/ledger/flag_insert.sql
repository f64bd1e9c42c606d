INSERT INTO flag (id, conversion_id, referrer_id, rule, weight, created_at) VALUES (?, ?, ?, ?, ?, ?)
