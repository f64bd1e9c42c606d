SELECT count(*) FROM page_seen WHERE seen_at > ?
