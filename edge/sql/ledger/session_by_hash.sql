SELECT id, key_hash, created_at, seen_at FROM session WHERE hash = ? AND ended_at IS NULL
