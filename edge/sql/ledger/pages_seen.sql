SELECT origin, seen_at FROM page_seen WHERE seen_at > ? ORDER BY seen_at DESC LIMIT 20
