INSERT INTO dispute (id, referrer_id, about, message, created_at) VALUES (?, ?, ?, '', ?)
