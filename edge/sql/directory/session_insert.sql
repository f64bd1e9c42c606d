INSERT INTO operator_session (id, key_hash, browser, created_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?4)
