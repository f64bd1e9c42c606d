INSERT INTO api_key (id, kind, hash, created_at) VALUES (?, ?, ?, ?)
