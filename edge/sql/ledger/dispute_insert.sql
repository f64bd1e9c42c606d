INSERT INTO dispute (id, referrer_id, about, message, created_at, due_at, opened_by, trace) VALUES (?, ?, ?, '', ?, ?, ?, ?)
