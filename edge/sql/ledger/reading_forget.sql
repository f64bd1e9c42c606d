DELETE FROM reading WHERE started_at < ?
