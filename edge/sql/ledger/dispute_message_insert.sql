INSERT INTO dispute_message (id, dispute_id, author, body, created_at) VALUES (?, ?, ?, ?, ?)
