SELECT id, browser, created_at, seen_at FROM portal_session
WHERE referrer_id = ? AND ended_at IS NULL
ORDER BY created_at DESC LIMIT 100
