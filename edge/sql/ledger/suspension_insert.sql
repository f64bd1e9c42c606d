INSERT INTO suspension (id, referrer_id, state, cause, at) VALUES (?, ?, ?, ?, ?)
