SELECT id, browser, created_at, seen_at FROM operator_session
WHERE created_at > ? AND seen_at > ? AND key_hash = ?
ORDER BY seen_at DESC, id
