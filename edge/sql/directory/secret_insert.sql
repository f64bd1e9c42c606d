INSERT INTO operator_secret (hash, session_id, made_at, taken_at) VALUES (?, ?, ?, ?)
