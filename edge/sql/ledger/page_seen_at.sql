SELECT seen_at FROM page_seen WHERE origin = ?
