INSERT INTO terms (version, body, created_at) VALUES (?, ?, ?)
