SELECT id, key_hash, browser, created_at, seen_at FROM session WHERE created_at >= ? AND ended_at IS NULL ORDER BY created_at DESC LIMIT 100
