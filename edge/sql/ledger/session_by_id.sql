SELECT key_hash, opener, created_at, seen_at FROM session WHERE id = ? AND ended_at IS NULL
