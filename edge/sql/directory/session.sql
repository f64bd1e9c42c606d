SELECT created_at, seen_at FROM session WHERE hash = ? AND key_hash = ?
