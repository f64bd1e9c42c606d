SELECT 1 FROM reading WHERE started_at < ? LIMIT 1
