SELECT version, body, created_at FROM terms ORDER BY version DESC LIMIT 1
