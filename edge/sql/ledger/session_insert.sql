INSERT INTO session (id, hash, key_hash, opener, browser, created_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
