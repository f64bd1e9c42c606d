DELETE FROM page_seen WHERE seen_at <= ?
