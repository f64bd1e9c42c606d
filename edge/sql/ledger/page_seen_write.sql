INSERT INTO page_seen (origin, seen_at) VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET seen_at = excluded.seen_at
