INSERT INTO idempotency (route, key, body_hash, status, body, created_at) VALUES (?, ?, ?, ?, ?, ?)
