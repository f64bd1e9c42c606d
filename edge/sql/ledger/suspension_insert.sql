INSERT INTO suspension (referrer_id, state, cause, note, at) VALUES (?, ?, ?, ?, ?)
