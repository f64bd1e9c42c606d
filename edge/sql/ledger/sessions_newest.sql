SELECT id, key_hash, opener, browser, created_at, seen_at FROM session
WHERE created_at > ?1 AND seen_at > ?2 AND ended_at IS NULL
ORDER BY seen_at DESC, id
LIMIT ?3
