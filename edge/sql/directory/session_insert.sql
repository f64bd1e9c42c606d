INSERT INTO session (hash, key_hash, created_at, seen_at) VALUES (?1, ?2, ?3, ?3)
