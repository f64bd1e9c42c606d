INSERT INTO program (id, facts, currency, body_hash, created_at) VALUES (?, ?, ?, ?, ?)
